#!/usr/bin/python3
"""One epoch of training as one would write it in Python: networks.py KIND PEER DATA WIDTHS.

KIND is rbm (CD-1, 0/1 units) or mlp (Adam, ReLU, softmax), PEER torch or sklearn; minibatches of 100, f32, one
thread. DATA is what rns-cat --to=npy gives, WIDTHS the layers after the first: 25, or 64,25. Prints "seconds X": the
mean of a few epochs after one that warms up, reading not counted. scikit-learn's RBM keeps its chains from one
minibatch to the next (PCD), which costs as much as CD.
"""
import os
import sys
import time
import warnings

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
if sys.argv[2] == "torch":
    import torch
else:
    from sklearn.neural_network import BernoulliRBM, MLPClassifier

kind, peer, path = sys.argv[1:4]
widths = [int(w) for w in sys.argv[4].split(",")]
BATCH = 100
data = np.load(path)
n = len(data)
X = data["spins"].reshape(n, -1).astype(np.float32)
_, y = np.unique(data["T"], return_inverse=True)
if kind == "mlp":
    X = 2 * X - 1


def rbm_torch():
    H, rate = widths[0], 0.01
    x = torch.from_numpy(X)
    W, b, c = 0.01 * torch.randn(X.shape[1], H), torch.zeros(X.shape[1]), torch.zeros(H)

    def epoch():
        order = torch.randperm(n)
        for i in range(0, n, BATCH):
            v = x[order[i:i + BATCH]]
            step = rate / len(v)
            p = torch.sigmoid(torch.addmm(c, v, W))
            w = torch.bernoulli(torch.sigmoid(torch.addmm(b, torch.bernoulli(p), W.t())))
            q = torch.sigmoid(torch.addmm(c, w, W))
            W.addmm_(v.t(), p, alpha=step).addmm_(w.t(), q, alpha=-step)
            b.add_((v - w).sum(0), alpha=step)
            c.add_((p - q).sum(0), alpha=step)
    return epoch


def rbm_sklearn():
    return lambda: BernoulliRBM(n_components=widths[0], learning_rate=0.01, batch_size=BATCH, n_iter=1,
                                random_state=1).fit(X)


def mlp_torch():
    layers, width = [], X.shape[1]
    for w in widths:
        layers += [torch.nn.Linear(width, w), torch.nn.ReLU()]
        width = w
    net, cost = torch.nn.Sequential(*layers[:-1]), torch.nn.CrossEntropyLoss()
    adam = torch.optim.Adam(net.parameters())
    x, t = torch.from_numpy(X), torch.from_numpy(y)

    def epoch():
        order = torch.randperm(n)
        for i in range(0, n, BATCH):
            k = order[i:i + BATCH]
            adam.zero_grad(set_to_none=True)
            cost(net(x[k]), t[k]).backward()
            adam.step()
    return epoch


def mlp_sklearn():
    warnings.filterwarnings("ignore")		# one epoch does not converge
    return lambda: MLPClassifier(widths[:-1], solver="adam", batch_size=BATCH, max_iter=1, random_state=1).fit(X, y)


if peer == "torch":
    torch.set_num_threads(1)
    torch.set_grad_enabled(kind == "mlp")
epoch = globals()[kind + "_" + peer]()
epoch()
epochs, start = 0, time.perf_counter()
while epochs < 2 or time.perf_counter() - start < 0.5:
    epoch()
    epochs += 1
print("seconds %.6f" % ((time.perf_counter() - start) / epochs))
