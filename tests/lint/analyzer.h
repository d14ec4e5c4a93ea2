/* analyzer.h - what clang-tidy cannot know of our functions: included before every file it reads. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_LINT_ANALYZER_H
#define BELFRY_TESTS_LINT_ANALYZER_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "core/base/error.h"

/* Their definitions lie in another file, so it would follow the path on which a failure is true. */
#define error_set(...) ((void)error_set(__VA_ARGS__), false)
#define error_sys(...) ((void)error_sys(__VA_ARGS__), false)
#define error_at(...) ((void)error_at(__VA_ARGS__), false)
#define error_hint(...) ((void)error_hint(__VA_ARGS__), false)
#define error_wrap(...) ((void)error_wrap(__VA_ARGS__), false)

/* Each says no to NULL. */
#define cJSON_IsString(item) ((item) ? cJSON_IsString(item) != 0 : false)
#define cJSON_IsNumber(item) ((item) ? cJSON_IsNumber(item) != 0 : false)
#define cJSON_IsBool(item) ((item) ? cJSON_IsBool(item) != 0 : false)
#define cJSON_IsNull(item) ((item) ? cJSON_IsNull(item) != 0 : false)
#define cJSON_IsArray(item) ((item) ? cJSON_IsArray(item) != 0 : false)
#define cJSON_IsObject(item) ((item) ? cJSON_IsObject(item) != 0 : false)
#define cJSON_IsTrue(item) ((item) ? cJSON_IsTrue(item) != 0 : false)

#endif
