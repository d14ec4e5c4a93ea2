/* openapi.h - OpenAPI v3 documents of what is served: kubectl validates and explains by them. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_OPENAPI_H
#define BELFRY_CORE_API_OPENAPI_H

#include "core/api/route.h"

handler_fn openapi_index; /* GET /openapi/v3 */
/* GET /openapi/v3/apis/GROUP/VERSION?hash=...: at the index's hash it may be cached for ever. */
handler_fn openapi_group;
/* GET /openapi/v2: kubectl before 1.29 will not create without it, and takes it in protobuf alone;
 * what it looks up it then finds in v3. So: a document with a title and no schemas. */
handler_fn openapi_v2;

#endif
