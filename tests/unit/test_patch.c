/* test_patch.c - merge, JSON and strategic patches, by the examples of their documents. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/patch.h"
#include "tests/unit/codec_help.h"
#include "tests/unit/seed.h"

struct patch_row {
    const char *target, *patch;
    const char *want; /* NULL: refused with `code` */
    enum error_code code;
};

static void check_rows(enum patch_type type, const struct patch_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct error err = {0};
        autotree cJSON *target = json(rows[i].target), *patch = json(rows[i].patch);
        autotree cJSON *want = json(rows[i].want ? rows[i].want : rows[i].target);
        bool ok = patch_apply(type, KIND_POD, &target, patch, &err);
        if (ok != (rows[i].want != NULL) || err.code != rows[i].code) {
            fail_msg("%s with %s: %d, %s", rows[i].target, rows[i].patch, err.code, err.what);
        }
        assert_same_tree(target, want);
        cleanup_with(str_done) struct str got_text = {0}, want_text = {0};
        tree_print(&got_text, target, false);
        tree_print(&want_text, want, false);
        assert_string_equal(str_text(&got_text), str_text(&want_text)); /* the order, too */
    }
}

static void merge_patches_do_what_rfc_7386_says(void **state)
{
    static const struct patch_row rows[] = {
        {"{'a':'b'}", "{'a':'c'}", "{'a':'c'}", ERROR_NONE},
        {"{'a':'b'}", "{'b':'c'}", "{'a':'b','b':'c'}", ERROR_NONE},
        {"{'a':'b'}", "{'a':null}", "{}", ERROR_NONE},
        {"{'a':'b','b':'c'}", "{'a':null}", "{'b':'c'}", ERROR_NONE},
        {"{'a':['b']}", "{'a':'c'}", "{'a':'c'}", ERROR_NONE},
        {"{'a':'c'}", "{'a':['b']}", "{'a':['b']}", ERROR_NONE},
        {"{'a':{'b':'c'}}", "{'a':{'b':'d','c':null}}", "{'a':{'b':'d'}}", ERROR_NONE},
        {"{'a':[{'b':'c'}]}", "{'a':[1]}", "{'a':[1]}", ERROR_NONE},
        {"{'e':null}", "{'a':1}", "{'e':null,'a':1}", ERROR_NONE},
        {"{'a':[1,2]}", "{'a':{'a':'b','c':null}}", "{'a':{'a':'b'}}", ERROR_NONE},
        {"{}", "{'a':{'bb':{'ccc':null}}}", "{'a':{'bb':{}}}", ERROR_NONE},
        {"{'a':'b'}", "['c']", NULL, ERROR_BAD_REQUEST},
        {"{'a':'b'}", "'c'", NULL, ERROR_BAD_REQUEST},
        {"{'a':'b'}", "null", NULL, ERROR_BAD_REQUEST},
        {"{'m':{'labels':{'x.y/z':'1','k':'2'}}}", "{'m':{'labels':{'x.y/z':null}}}",
         "{'m':{'labels':{'k':'2'}}}", ERROR_NONE},
    };
    (void)state;
    check_rows(PATCH_MERGE, rows, countof(rows));
}

static void json_patches_do_what_rfc_6902_says(void **state)
{
    static const struct patch_row rows[] = {
        {"{'foo':'bar'}", "[{'op':'add','path':'/baz','value':'qux'}]", "{'foo':'bar','baz':'qux'}",
         ERROR_NONE},
        {"{'foo':['bar','baz']}", "[{'op':'add','path':'/foo/1','value':'qux'}]",
         "{'foo':['bar','qux','baz']}", ERROR_NONE},
        {"{'foo':['bar']}", "[{'op':'add','path':'/foo/-','value':['abc']}]",
         "{'foo':['bar',['abc']]}", ERROR_NONE},
        {"{'foo':[1]}", "[{'op':'add','path':'/foo/1','value':2}]", "{'foo':[1,2]}", ERROR_NONE},
        {"{'foo':[1]}", "[{'op':'add','path':'/foo/0','value':0}]", "{'foo':[0,1]}", ERROR_NONE},
        {"{'foo':1}", "[{'op':'add','path':'/foo','value':2}]", "{'foo':2}", ERROR_NONE},
        {"{'foo':1}", "[{'op':'add','path':'','value':{'a':1}}]", "{'a':1}", ERROR_NONE},
        {"{'foo':1}", "[{'op':'add','path':'','value':[1]}]", NULL, ERROR_INVALID},
        {"{'foo':[1]}", "[{'op':'add','path':'/foo/2','value':2}]", NULL, ERROR_INVALID},
        {"{'foo':[1]}", "[{'op':'add','path':'/foo/01','value':2}]", NULL, ERROR_INVALID},
        {"{'foo':[1]}", "[{'op':'add','path':'/foo/x','value':2}]", NULL, ERROR_INVALID},
        {"{'foo':[1]}", "[{'op':'add','path':'/foo/+1','value':2}]", NULL, ERROR_INVALID},
        {"{'foo':'bar'}", "[{'op':'add','path':'/baz/bat','value':1}]", NULL, ERROR_INVALID},
        {"{'foo':'bar'}", "[{'op':'add','path':'baz','value':1}]", NULL, ERROR_BAD_REQUEST},
        {"{'foo':'bar'}", "[{'op':'add','path':'/a~2','value':1}]", NULL, ERROR_BAD_REQUEST},
        {"{'foo':'bar'}", "[{'op':'add','path':'/baz'}]", NULL, ERROR_BAD_REQUEST},
        {"{'foo':'bar'}", "[{'op':'add','value':1}]", NULL, ERROR_BAD_REQUEST},
        {"{'baz':'qux','foo':'bar'}", "[{'op':'remove','path':'/baz'}]", "{'foo':'bar'}",
         ERROR_NONE},
        {"{'foo':['a','b','c']}", "[{'op':'remove','path':'/foo/1'}]", "{'foo':['a','c']}",
         ERROR_NONE},
        {"{'foo':1}", "[{'op':'remove','path':'/bar'}]", NULL, ERROR_INVALID},
        {"{'foo':1}", "[{'op':'remove','path':''}]", NULL, ERROR_INVALID},
        {"{'foo':[1]}", "[{'op':'remove','path':'/foo/-'}]", NULL, ERROR_INVALID},
        {"{'baz':'qux','foo':'bar'}", "[{'op':'replace','path':'/baz','value':'boo'}]",
         "{'baz':'boo','foo':'bar'}", ERROR_NONE},
        {"{'foo':[1,2]}", "[{'op':'replace','path':'/foo/1','value':null}]", "{'foo':[1,null]}",
         ERROR_NONE},
        {"{'foo':1}", "[{'op':'replace','path':'/bar','value':2}]", NULL, ERROR_INVALID},
        {"{'foo':{'bar':'baz','waldo':'fred'},'qux':{'corge':'grault'}}",
         "[{'op':'move','from':'/foo/waldo','path':'/qux/thud'}]",
         "{'foo':{'bar':'baz'},'qux':{'corge':'grault','thud':'fred'}}", ERROR_NONE},
        {"{'foo':['a','b','c']}", "[{'op':'move','from':'/foo/0','path':'/foo/2'}]",
         "{'foo':['b','c','a']}", ERROR_NONE},
        {"{'foo':{'bar':1}}", "[{'op':'move','from':'/foo','path':'/foo/bar'}]", NULL,
         ERROR_INVALID},
        {"{'foo':1}", "[{'op':'move','path':'/bar'}]", NULL, ERROR_BAD_REQUEST},
        {"{'foo':{'a':1}}", "[{'op':'copy','from':'/foo','path':'/bar'}]",
         "{'foo':{'a':1},'bar':{'a':1}}", ERROR_NONE},
        {"{'baz':'qux','foo':['a',2]}",
         "[{'op':'test','path':'/baz','value':'qux'},{'op':'test','path':'/foo/1','value':2}]",
         "{'baz':'qux','foo':['a',2]}", ERROR_NONE},
        {"{'baz':'qux'}", "[{'op':'test','path':'/baz','value':'bar'}]", NULL, ERROR_INVALID},
        {"{'/':9,'~1':10}", "[{'op':'test','path':'/~01','value':10}]", "{'/':9,'~1':10}",
         ERROR_NONE},
        {"{'/':9}", "[{'op':'replace','path':'/~1','value':8}]", "{'/':8}", ERROR_NONE},
        {"{'':1}", "[{'op':'replace','path':'/','value':2}]", "{'':2}", ERROR_NONE},
        /* all or nothing */
        {"{'a':1}", "[{'op':'remove','path':'/a'},{'op':'remove','path':'/a'}]", NULL,
         ERROR_INVALID},
        {"{'a':1}", "[]", "{'a':1}", ERROR_NONE},
        {"{'a':1}", "{}", NULL, ERROR_BAD_REQUEST},
        {"{'a':1}", "[{'op':'spam','path':'/a'}]", NULL, ERROR_BAD_REQUEST},
        {"{'a':1}", "[5]", NULL, ERROR_BAD_REQUEST},
    };
    (void)state;
    check_rows(PATCH_JSON, rows, countof(rows));
}

static void a_patch_cannot_grow_without_end(void **state)
{
    (void)state;
    autotree cJSON *target = json("{'a':{}}"), *patch = cJSON_CreateArray();
    struct error err = {0};
    for (int i = 0; i < 40; i++) {
        autofree char *text = xasprintf("{\"op\":\"copy\",\"from\":\"\",\"path\":\"/k%d\"}", i);
        tree_add(patch, json(text));
    }
    assert_false(patch_apply(PATCH_JSON, KIND_POD, &target, patch, &err));
    assert_int_equal(err.code, ERROR_TOO_LARGE);
    assert_prints(target, "{\"a\":{}}");

    autotree cJSON *deep = cJSON_CreateArray();
    for (int i = 0; i < 70; i++) {
        tree_add(deep, json("{'op':'move','from':'/a','path':'/b'}"));
        tree_add(deep, json("{'op':'add','path':'/a','value':{}}"));
        tree_add(deep, json("{'op':'move','from':'/b','path':'/a/c'}"));
    }
    assert_false(patch_apply(PATCH_JSON, KIND_POD, &target, deep, &err));
    assert_int_equal(err.code, ERROR_INVALID);
    assert_prints(target, "{\"a\":{}}");
}

static void strategic_patches_merge_lists_by_their_keys(void **state)
{
    static const struct patch_row rows[] = {
        /* a container by its name, a variable by its own */
        {"{'spec':{'containers':[{'name':'a','image':'x','env':[{'name':'E','value':'1'}]},"
         "{'name':'b'}]}}",
         "{'spec':{'containers':[{'name':'a','image':'y','env':[{'name':'F','value':'2'}]}]}}",
         "{'spec':{'containers':[{'name':'a','image':'y','env':[{'name':'E','value':'1'},"
         "{'name':'F','value':'2'}]},{'name':'b'}]}}",
         ERROR_NONE},
        {"{'spec':{'containers':[{'name':'a'}]}}", "{'spec':{'containers':[{'name':'b'}]}}",
         "{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}", ERROR_NONE},
        {"{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}",
         "{'spec':{'containers':[{'name':'a','$patch':'delete'}]}}",
         "{'spec':{'containers':[{'name':'b'}]}}", ERROR_NONE},
        {"{'spec':{'containers':[{'name':'a','image':'x'}]}}",
         "{'spec':{'containers':[{'$patch':'replace'},{'name':'c'}]}}",
         "{'spec':{'containers':[{'name':'c'}]}}", ERROR_NONE},
        {"{'spec':{'containers':[{'name':'a','image':'x'}]}}",
         "{'spec':{'containers':[{'name':'a','$patch':'replace','tty':true}]}}",
         "{'spec':{'containers':[{'name':'a','tty':true}]}}", ERROR_NONE},
        {"{'spec':{'containers':[{'name':'a'}]}}", "{'spec':{'containers':[{'image':'x'}]}}", NULL,
         ERROR_BAD_REQUEST},
        /* a number as the key */
        {"{'spec':{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'w'}]}]}}",
         "{'spec':{'containers':[{'name':'a','ports':[{'containerPort':80,'hostPort':8}]}]}}",
         "{'spec':{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'w',"
         "'hostPort':8}]}]}}",
         ERROR_NONE},
        /* the order asked for */
        {"{'spec':{'containers':[{'name':'a'},{'name':'b'},{'name':'c'}]}}",
         "{'spec':{'$setElementOrder/containers':[{'name':'c'},{'name':'a'},{'name':'d'}],"
         "'containers':[{'name':'d'}]}}",
         "{'spec':{'containers':[{'name':'b'},{'name':'c'},{'name':'a'},{'name':'d'}]}}",
         ERROR_NONE},
        /* lists without a key are replaced */
        {"{'spec':{'containers':[{'name':'a','args':['x','y']}]}}",
         "{'spec':{'containers':[{'name':'a','args':['z']}]}}",
         "{'spec':{'containers':[{'name':'a','args':['z']}]}}", ERROR_NONE},
        {"{'spec':{'tolerations':[{'key':'a'}]}}", "{'spec':{'tolerations':[{'key':'b'}]}}",
         "{'spec':{'tolerations':[{'key':'b'}]}}", ERROR_NONE},
        /* sets of scalars */
        {"{'metadata':{'finalizers':['a','b']}}", "{'metadata':{'finalizers':['b','c']}}",
         "{'metadata':{'finalizers':['a','b','c']}}", ERROR_NONE},
        {"{'metadata':{'finalizers':['a','b']}}",
         "{'metadata':{'$deleteFromPrimitiveList/finalizers':['a']}}",
         "{'metadata':{'finalizers':['b']}}", ERROR_NONE},
        {"{'metadata':{'finalizers':['a','b']}}",
         "{'metadata':{'$setElementOrder/finalizers':['b','a']}}",
         "{'metadata':{'finalizers':['b','a']}}", ERROR_NONE},
        /* maps, and null */
        {"{'metadata':{'labels':{'a':'1','b':'2'}}}", "{'metadata':{'labels':{'a':null,'c':'3'}}}",
         "{'metadata':{'labels':{'b':'2','c':'3'}}}", ERROR_NONE},
        {"{'metadata':{'labels':{'a':'1'}}}",
         "{'metadata':{'labels':{'$patch':'replace','c':'3'}}}",
         "{'metadata':{'labels':{'c':'3'}}}", ERROR_NONE},
        {"{'metadata':{'labels':{'a':'1'}}}", "{'metadata':{'labels':{'$patch':'delete'}}}",
         "{'metadata':{}}", ERROR_NONE},
        {"{'spec':{'volumes':[{'name':'v','emptyDir':{}}]}}",
         "{'spec':{'volumes':[{'$retainKeys':['name','hostPath'],'name':'v',"
         "'hostPath':{'path':'/x'}}]}}",
         "{'spec':{'volumes':[{'name':'v','hostPath':{'path':'/x'}}]}}", ERROR_NONE},
        {"{}", "{'spec':{'containers':[{'name':'a','image':null}]}}",
         "{'spec':{'containers':[{'name':'a'}]}}", ERROR_NONE},
        /* what no table knows is merged like a merge patch */
        {"{'odd':{'a':1,'l':[1]}}", "{'odd':{'b':2,'l':[2]}}", "{'odd':{'a':1,'l':[2],'b':2}}",
         ERROR_NONE},
        {"{}", "[]", NULL, ERROR_BAD_REQUEST},
    };
    (void)state;
    check_rows(PATCH_STRATEGIC, rows, countof(rows));
}

static void patch_types_go_by_their_content_type(void **state)
{
    (void)state;
    assert_int_equal(patch_type_find("application/merge-patch+json"), PATCH_MERGE);
    assert_int_equal(patch_type_find("application/json-patch+json; charset=utf-8"), PATCH_JSON);
    assert_int_equal(patch_type_find("Application/Strategic-Merge-Patch+JSON"), PATCH_STRATEGIC);
    assert_int_equal(patch_type_find("application/json"), PATCH_TYPE_COUNT);
    assert_int_equal(patch_type_find("application/merge-patch+jsonx"), PATCH_TYPE_COUNT);
    assert_int_equal(patch_type_find(""), PATCH_TYPE_COUNT);
    assert_int_equal(patch_type_find(NULL), PATCH_TYPE_COUNT);
}

/* A merge patch cannot say null; nothing of belfry's needs it. */
static void drop_nulls(cJSON *node)
{
    for (cJSON *child = node->child, *next; child; child = next) {
        next = child->next;
        if (cJSON_IsNull(child) && cJSON_IsObject(node)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(node, child));
        } else if (cJSON_IsObject(child)) {
            drop_nulls(child);
        }
    }
}

static void a_diff_makes_the_one_of_the_other(void **state)
{
    struct id_source source = seed_begin();
    (void)state;
    for (int i = 0; i < 3000; i++) {
        autotree cJSON *from = cJSON_CreateObject(), *to = cJSON_CreateObject();
        /* Few keys, so that the two have some in common. */
        for (int k = 0; k < 4; k++) {
            char key[2] = {(char)('a' + id_random(&source) % 4), '\0'};
            tree_set(from, key, random_tree(&source, 3));
            key[0] = (char)('a' + id_random(&source) % 4);
            tree_set(to, key, random_tree(&source, 3));
            if (id_random(&source) % 3 == 0 && tree_member(from, key)) {
                tree_set(to, key, tree_copy(tree_member(from, key)));
            }
        }
        drop_nulls(from);
        drop_nulls(to);
        autotree cJSON *patch = patch_merge_diff(from, to);
        assert_int_equal(patch->child == NULL, tree_equal(from, to));
        assert_true(patch_apply(PATCH_MERGE, KIND_POD, &from, patch, NULL));
        assert_same_tree(from, to);
        /* Twice is once. */
        assert_true(patch_apply(PATCH_MERGE, KIND_POD, &from, patch, NULL));
        assert_same_tree(from, to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merge_patches_do_what_rfc_7386_says),
        cmocka_unit_test(json_patches_do_what_rfc_6902_says),
        cmocka_unit_test(a_patch_cannot_grow_without_end),
        cmocka_unit_test(strategic_patches_merge_lists_by_their_keys),
        cmocka_unit_test(patch_types_go_by_their_content_type),
        cmocka_unit_test(a_diff_makes_the_one_of_the_other),
    };

    return cmocka_run_group_tests_name("patch", tests, NULL, NULL);
}
