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

/* Each says no to NULL. Functions, so that a test for NULL before them is none twice. */
#define says_no_to_null(name)                             \
    static inline bool checked_##name(const cJSON *item)  \
    {                                                     \
        return item != NULL && cJSON_Is##name(item) != 0; \
    }
/* clang-format off */
says_no_to_null(String)
says_no_to_null(Number)
says_no_to_null(Bool)
says_no_to_null(Null)
says_no_to_null(Array)
says_no_to_null(Object)
says_no_to_null(True)
/* clang-format on */

#define cJSON_IsString checked_String
#define cJSON_IsNumber checked_Number
#define cJSON_IsBool checked_Bool
#define cJSON_IsNull checked_Null
#define cJSON_IsArray checked_Array
#define cJSON_IsObject checked_Object
#define cJSON_IsTrue checked_True

#endif
