/* analyzer.h - what clang-tidy cannot know of our functions: included before every file it reads. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_LINT_ANALYZER_H
#define BELFRY_TESTS_LINT_ANALYZER_H

#include <cjson/cJSON.h>

#include "core/base/error.h"

/* Their definitions lie in another file, so it would follow the path on which a failure is true. */
#define error_set(...) ((void)error_set(__VA_ARGS__), false)
#define error_sys(...) ((void)error_sys(__VA_ARGS__), false)
#define error_at(...) ((void)error_at(__VA_ARGS__), false)
#define error_hint(...) ((void)error_hint(__VA_ARGS__), false)
#define error_wrap(...) ((void)error_wrap(__VA_ARGS__), false)

/* Each says no to NULL. */
#define cJSON_IsString(item) ((item) != NULL && cJSON_IsString(item))
#define cJSON_IsNumber(item) ((item) != NULL && cJSON_IsNumber(item))
#define cJSON_IsBool(item) ((item) != NULL && cJSON_IsBool(item))
#define cJSON_IsNull(item) ((item) != NULL && cJSON_IsNull(item))
#define cJSON_IsArray(item) ((item) != NULL && cJSON_IsArray(item))
#define cJSON_IsObject(item) ((item) != NULL && cJSON_IsObject(item))
#define cJSON_IsTrue(item) ((item) != NULL && cJSON_IsTrue(item))

#endif
