/*
 * message.h - messages and the progress line share one terminal
 *
 * Private to stage.c and progress.c: a message clears the line that progress
 * has been drawn on.
 */
#ifndef RENORM_MESSAGE_H
#define RENORM_MESSAGE_H

#include <stdbool.h>

#define RN_CLEAR_LINE "\r\033[K"

/* Progress has been drawn on a terminal, and its line not ended. */
extern bool rn_progress_on_line;

#endif
