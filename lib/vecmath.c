/* Elementary functions of arrays, one kernel a CPU level; what the levels do lane by lane is the same. */
#include "renorm/vecmath.h"

#include <cblas.h>

#include "renorm/cpu.h"

typedef void map(const float x[], float y[], size_t n);

struct kernel {
	map *exp, *tanh, *sigmoid, *softplus, *logcosh;
	void (*softmax)(float x[], size_t rows, size_t columns);
	void (*column_sums)(const float x[], size_t rows, size_t columns, float sum[]);
};

#define LEVEL 0
#include "vecmath_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "vecmath_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "vecmath_kernel.h"
static const struct kernel *const kernels[] = { &kernel_0, &kernel_1, &kernel_2 };
#else
static const struct kernel *const kernels[] = { &kernel_0, &kernel_0, &kernel_0 };
#endif

void
rn_exp_f32(const float x[], float y[], size_t n)
{
	kernels[rn_cpu()]->exp(x, y, n);
}

void
rn_tanh_f32(const float x[], float y[], size_t n)
{
	kernels[rn_cpu()]->tanh(x, y, n);
}

void
rn_sigmoid_f32(const float x[], float y[], size_t n)
{
	kernels[rn_cpu()]->sigmoid(x, y, n);
}

void
rn_softplus_f32(const float x[], float y[], size_t n)
{
	kernels[rn_cpu()]->softplus(x, y, n);
}

void
rn_logcosh_f32(const float x[], float y[], size_t n)
{
	kernels[rn_cpu()]->logcosh(x, y, n);
}

void
rn_softmax_f32(float x[], size_t rows, size_t columns)
{
	kernels[rn_cpu()]->softmax(x, rows, columns);
}

void
rn_column_sums_f32(const float x[], size_t rows, size_t columns, float sum[])
{
	kernels[rn_cpu()]->column_sums(x, rows, columns, sum);
}

void
rn_blas_threads(unsigned threads)
{
	openblas_set_num_threads((int)threads);
}
