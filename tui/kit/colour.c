/* colour.c - colour names, contrast, and the nearest colour a terminal has. */
/* SPDX-License-Identifier: MIT */
#include "tui/kit/colour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct colour_name {
    const char *name;
    uint32_t rgb;
};

/* CSS Color Module Level 4, section 6.1; sorted. */
static const struct colour_name names[] = {
    {"aliceblue", 0xf0f8ff},
    {"antiquewhite", 0xfaebd7},
    {"aqua", 0x00ffff},
    {"aquamarine", 0x7fffd4},
    {"azure", 0xf0ffff},
    {"beige", 0xf5f5dc},
    {"bisque", 0xffe4c4},
    {"black", 0x000000},
    {"blanchedalmond", 0xffebcd},
    {"blue", 0x0000ff},
    {"blueviolet", 0x8a2be2},
    {"brown", 0xa52a2a},
    {"burlywood", 0xdeb887},
    {"cadetblue", 0x5f9ea0},
    {"chartreuse", 0x7fff00},
    {"chocolate", 0xd2691e},
    {"coral", 0xff7f50},
    {"cornflowerblue", 0x6495ed},
    {"cornsilk", 0xfff8dc},
    {"crimson", 0xdc143c},
    {"cyan", 0x00ffff},
    {"darkblue", 0x00008b},
    {"darkcyan", 0x008b8b},
    {"darkgoldenrod", 0xb8860b},
    {"darkgray", 0xa9a9a9},
    {"darkgreen", 0x006400},
    {"darkgrey", 0xa9a9a9},
    {"darkkhaki", 0xbdb76b},
    {"darkmagenta", 0x8b008b},
    {"darkolivegreen", 0x556b2f},
    {"darkorange", 0xff8c00},
    {"darkorchid", 0x9932cc},
    {"darkred", 0x8b0000},
    {"darksalmon", 0xe9967a},
    {"darkseagreen", 0x8fbc8f},
    {"darkslateblue", 0x483d8b},
    {"darkslategray", 0x2f4f4f},
    {"darkslategrey", 0x2f4f4f},
    {"darkturquoise", 0x00ced1},
    {"darkviolet", 0x9400d3},
    {"deeppink", 0xff1493},
    {"deepskyblue", 0x00bfff},
    {"dimgray", 0x696969},
    {"dimgrey", 0x696969},
    {"dodgerblue", 0x1e90ff},
    {"firebrick", 0xb22222},
    {"floralwhite", 0xfffaf0},
    {"forestgreen", 0x228b22},
    {"fuchsia", 0xff00ff},
    {"gainsboro", 0xdcdcdc},
    {"ghostwhite", 0xf8f8ff},
    {"gold", 0xffd700},
    {"goldenrod", 0xdaa520},
    {"gray", 0x808080},
    {"green", 0x008000},
    {"greenyellow", 0xadff2f},
    {"grey", 0x808080},
    {"honeydew", 0xf0fff0},
    {"hotpink", 0xff69b4},
    {"indianred", 0xcd5c5c},
    {"indigo", 0x4b0082},
    {"ivory", 0xfffff0},
    {"khaki", 0xf0e68c},
    {"lavender", 0xe6e6fa},
    {"lavenderblush", 0xfff0f5},
    {"lawngreen", 0x7cfc00},
    {"lemonchiffon", 0xfffacd},
    {"lightblue", 0xadd8e6},
    {"lightcoral", 0xf08080},
    {"lightcyan", 0xe0ffff},
    {"lightgoldenrodyellow", 0xfafad2},
    {"lightgray", 0xd3d3d3},
    {"lightgreen", 0x90ee90},
    {"lightgrey", 0xd3d3d3},
    {"lightpink", 0xffb6c1},
    {"lightsalmon", 0xffa07a},
    {"lightseagreen", 0x20b2aa},
    {"lightskyblue", 0x87cefa},
    {"lightslategray", 0x778899},
    {"lightslategrey", 0x778899},
    {"lightsteelblue", 0xb0c4de},
    {"lightyellow", 0xffffe0},
    {"lime", 0x00ff00},
    {"limegreen", 0x32cd32},
    {"linen", 0xfaf0e6},
    {"magenta", 0xff00ff},
    {"maroon", 0x800000},
    {"mediumaquamarine", 0x66cdaa},
    {"mediumblue", 0x0000cd},
    {"mediumorchid", 0xba55d3},
    {"mediumpurple", 0x9370db},
    {"mediumseagreen", 0x3cb371},
    {"mediumslateblue", 0x7b68ee},
    {"mediumspringgreen", 0x00fa9a},
    {"mediumturquoise", 0x48d1cc},
    {"mediumvioletred", 0xc71585},
    {"midnightblue", 0x191970},
    {"mintcream", 0xf5fffa},
    {"mistyrose", 0xffe4e1},
    {"moccasin", 0xffe4b5},
    {"navajowhite", 0xffdead},
    {"navy", 0x000080},
    {"oldlace", 0xfdf5e6},
    {"olive", 0x808000},
    {"olivedrab", 0x6b8e23},
    {"orange", 0xffa500},
    {"orangered", 0xff4500},
    {"orchid", 0xda70d6},
    {"palegoldenrod", 0xeee8aa},
    {"palegreen", 0x98fb98},
    {"paleturquoise", 0xafeeee},
    {"palevioletred", 0xdb7093},
    {"papayawhip", 0xffefd5},
    {"peachpuff", 0xffdab9},
    {"peru", 0xcd853f},
    {"pink", 0xffc0cb},
    {"plum", 0xdda0dd},
    {"powderblue", 0xb0e0e6},
    {"purple", 0x800080},
    {"rebeccapurple", 0x663399},
    {"red", 0xff0000},
    {"rosybrown", 0xbc8f8f},
    {"royalblue", 0x4169e1},
    {"saddlebrown", 0x8b4513},
    {"salmon", 0xfa8072},
    {"sandybrown", 0xf4a460},
    {"seagreen", 0x2e8b57},
    {"seashell", 0xfff5ee},
    {"sienna", 0xa0522d},
    {"silver", 0xc0c0c0},
    {"skyblue", 0x87ceeb},
    {"slateblue", 0x6a5acd},
    {"slategray", 0x708090},
    {"slategrey", 0x708090},
    {"snow", 0xfffafa},
    {"springgreen", 0x00ff7f},
    {"steelblue", 0x4682b4},
    {"tan", 0xd2b48c},
    {"teal", 0x008080},
    {"thistle", 0xd8bfd8},
    {"tomato", 0xff6347},
    {"turquoise", 0x40e0d0},
    {"violet", 0xee82ee},
    {"wheat", 0xf5deb3},
    {"white", 0xffffff},
    {"whitesmoke", 0xf5f5f5},
    {"yellow", 0xffff00},
    {"yellowgreen", 0x9acd32},
};

/* xterm's first sixteen. Users change them, so they serve only to guess a hue. */
static const uint32_t basic[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                   0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                   0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
/* The levels of the 6x6x6 cube, entries 16 to 231; 232 to 255 are greys from 8 in steps of 10. */
static const int levels[6] = {0, 95, 135, 175, 215, 255};

static int compare_name(const void *key, const void *row)
{
    return strcasecmp(key, ((const struct colour_name *)row)->name);
}

bool colour_parse(const char *text, uint32_t *ret)
{
    if (strcasecmp(text, "default") == 0 || strcmp(text, "-") == 0) {
        *ret = COLOUR_DEFAULT;
        return true;
    }
    if (text[0] == '#') {
        size_t len = strspn(text + 1, "0123456789abcdefABCDEF");
        uint32_t rgb = (uint32_t)strtoul(text + 1, NULL, 16);
        if (text[1 + len] != '\0' || (len != 6 && len != 3)) {
            return false;
        }
        if (len == 3) {
            rgb = (rgb >> 8 & 15) * 0x110000 + (rgb >> 4 & 15) * 0x1100 + (rgb & 15) * 0x11;
        }
        *ret = COLOUR_RGB(rgb);
        return true;
    }
    const struct colour_name *found =
        bsearch(text, names, countof(names), sizeof *names, compare_name);
    if (!found) {
        return false;
    }
    *ret = COLOUR_RGB(found->rgb);
    return true;
}

static uint32_t palette_rgb(uint32_t index)
{
    if (index < 16) {
        return basic[index];
    }
    if (index < 232) {
        uint32_t cube = index - 16;
        return (uint32_t)levels[cube / 36] << 16 | (uint32_t)levels[cube / 6 % 6] << 8 |
               (uint32_t)levels[cube % 6];
    }
    return (8 + 10 * (index - 232)) * 0x010101;
}

uint32_t colour_rgb(uint32_t colour, uint32_t otherwise)
{
    if (COLOUR_KIND(colour) == COLOUR_KIND(COLOUR_RGB(0))) {
        return COLOUR_VALUE(colour);
    }
    if (COLOUR_KIND(colour) == COLOUR_KIND(COLOUR_INDEX(0))) {
        return palette_rgb(COLOUR_VALUE(colour) & 255);
    }
    return otherwise;
}

static double luminance(uint32_t rgb)
{
    const double weight[3] = {0.2126, 0.7152, 0.0722};
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        double part = (rgb >> (16 - 8 * i) & 255) / 255.0;
        sum += weight[i] * (part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double colour_contrast(uint32_t a, uint32_t b)
{
    double light = luminance(a), dark = luminance(b);

    if (light < dark) {
        double swap = light;
        light = dark;
        dark = swap;
    }
    return (light + 0.05) / (dark + 0.05);
}

/* Squared distance, weighted as the eye weighs the channels ("redmean" without its drift). */
static int distance(uint32_t a, uint32_t b)
{
    int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
    int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
    int blue = (int)(a & 255) - (int)(b & 255);

    return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

static uint32_t nearest_256(uint32_t rgb)
{
    uint32_t best = 16;

    for (uint32_t i = 17; i < 256; i++) {
        if (distance(palette_rgb(i), rgb) < distance(palette_rgb(best), rgb)) {
            best = i;
        }
    }
    return COLOUR_INDEX(best);
}

static uint32_t nearest_hue(uint32_t rgb, bool bright)
{
    int red = (int)(rgb >> 16 & 255), green = (int)(rgb >> 8 & 255), blue = (int)(rgb & 255);
    int most = red > green ? red : green;
    most = blue > most ? blue : most;
    int least = red < green ? red : green;
    least = blue < least ? blue : least;

    if ((most - least) * 4 < most) { /* a grey, near enough */
        return bright && most < 0xb0 && most > 0x40 ? COLOUR_INDEX(8) : COLOUR_DEFAULT;
    }
    /* A channel takes part when it lies in the upper half of the spread. */
    int middle = (most + least) / 2;
    return COLOUR_INDEX((red > middle ? 1 : 0) | (green > middle ? 2 : 0) |
                        (blue > middle ? 4 : 0));
}

uint32_t colour_nearest(uint32_t colour, enum depth depth)
{
    bool rgb = COLOUR_KIND(colour) == COLOUR_KIND(COLOUR_RGB(0));
    bool index = COLOUR_KIND(colour) == COLOUR_KIND(COLOUR_INDEX(0));

    if (depth == DEPTH_MONO || (!rgb && !index)) {
        return COLOUR_DEFAULT;
    }
    uint32_t value = COLOUR_VALUE(colour);
    switch (depth) {
    case DEPTH_RGB: return COLOUR_RGB(colour_rgb(colour, 0));
    case DEPTH_256: return rgb ? nearest_256(value) : colour;
    case DEPTH_16: return index && value < 16 ? colour : nearest_hue(colour_rgb(colour, 0), true);
    case DEPTH_8:
    case DEPTH_MONO:
    default:
        return index && value < 16 ? COLOUR_INDEX(value & 7)
                                   : nearest_hue(colour_rgb(colour, 0), false);
    }
}
