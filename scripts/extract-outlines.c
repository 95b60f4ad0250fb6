// Prints the outlines of DejaVu Sans that Sources/Reporting/Raster/Typeface*.swift embed.
//
//   cc scripts/extract-outlines.c $(pkg-config --cflags --libs freetype2) -o /tmp/outlines
//   /tmp/outlines /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
//
// One glyph: "g CODE ADVANCE", then contours of quadratic curves in 1/1024 em, y up:
// "m X Y" starts a contour, "l DX DY" and "q DCX DCY DX DY" are relative to the last point.
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H
#include <math.h>
#include <stdio.h>

static const FT_ULong extra[] = {
    0xA7, 0xB0, 0xB1, 0xB2, 0xB3, 0xB5, 0xB7, 0xB9, 0xBD, 0xD7, 0x394, 0x3B1, 0x3B2, 0x3BB,
    0x3BC, 0x3C3, 0x2013, 0x2014, 0x2026, 0x207B, 0x2080, 0x2081, 0x2082, 0x2190, 0x2192, 0x2212,
    0x2248, 0x2264, 0x2265};

static long lastX, lastY, column;

static long scaled(FT_Pos v, FT_Pos em) { return lround((double)v * 1024 / (double)em); }
static FT_Pos unitsPerEm;

static void put(const char *text) {
  long n = 0;
  while (text[n]) n++;
  if (column > 0 && column + 1 + n > 96) { putchar('\n'); column = 0; }
  if (column > 0) { putchar(' '); column++; }
  fputs(text, stdout);
  column += n;
}
static void number(long v) { char b[32]; snprintf(b, sizeof b, "%ld", v); put(b); }
static void relative(const FT_Vector *p, long fromX, long fromY) {
  number(scaled(p->x, unitsPerEm) - fromX);
  number(scaled(p->y, unitsPerEm) - fromY);
}
static void arrive(const FT_Vector *p) {
  lastX = scaled(p->x, unitsPerEm);
  lastY = scaled(p->y, unitsPerEm);
}
static int moveTo(const FT_Vector *p, void *u) {
  (void)u; put("m"); relative(p, 0, 0); arrive(p); return 0;
}
static int lineTo(const FT_Vector *p, void *u) {
  (void)u; put("l"); relative(p, lastX, lastY); arrive(p); return 0;
}
static int conicTo(const FT_Vector *c, const FT_Vector *p, void *u) {
  (void)u; put("q"); relative(c, lastX, lastY); relative(p, lastX, lastY); arrive(p); return 0;
}

static void glyph(FT_Face face, FT_ULong code) {
  static const FT_Outline_Funcs walk = {moveTo, lineTo, conicTo, NULL, 0, 0};
  if (FT_Get_Char_Index(face, code) == 0) return;
  if (FT_Load_Char(face, code, FT_LOAD_NO_SCALE) != 0) return;
  if (column > 0) { putchar('\n'); column = 0; }
  put("g");
  number((long)code);
  number(scaled(face->glyph->metrics.horiAdvance, unitsPerEm));
  FT_Outline_Decompose(&face->glyph->outline, &walk, NULL);
}

int main(int count, char **arguments) {
  FT_Library library;
  FT_Face face;
  if (count != 2 || FT_Init_FreeType(&library) != 0) return 2;
  if (FT_New_Face(library, arguments[1], 0, &face) != 0) return 1;
  unitsPerEm = face->units_per_EM;
  for (FT_ULong code = 0x20; code < 0x7F; code++) glyph(face, code);
  for (size_t n = 0; n < sizeof extra / sizeof *extra; n++) glyph(face, extra[n]);
  putchar('\n');
  return 0;
}
