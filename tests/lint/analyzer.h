/* analyzer.h - what clang-tidy cannot know of our functions: included before every file it reads. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_LINT_ANALYZER_H
#define BELFRY_TESTS_LINT_ANALYZER_H

#include "core/base/error.h"

/* Their definitions lie in another file, so it would follow the path on which a failure is true. */
#define error_set(...) ((void)error_set(__VA_ARGS__), false)
#define error_sys(...) ((void)error_sys(__VA_ARGS__), false)
#define error_at(...) ((void)error_at(__VA_ARGS__), false)
#define error_hint(...) ((void)error_hint(__VA_ARGS__), false)
#define error_wrap(...) ((void)error_wrap(__VA_ARGS__), false)

#endif
