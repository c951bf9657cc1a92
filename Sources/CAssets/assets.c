#include "CAssets.h"

// Our compiler has had it as an extension in every C since before it was C23's.
#pragma clang diagnostic ignored "-Wc23-extensions"

// Parameters of #embed are paths beside this file. One array a file, one line of the table an array.

static const uint8_t dashboard_html[] = {
#embed "files/dashboard.html"
};
static const uint8_t dashboard_css[] = {
#embed "files/dashboard.css"
};
static const uint8_t dashboard_js[] = {
#embed "files/dashboard.js"
};
static const uint8_t api_js[] = {
#embed "files/api.js"
};
static const uint8_t ask_js[] = {
#embed "files/ask.js"
};
static const uint8_t charts_js[] = {
#embed "files/charts.js"
};
static const uint8_t panels_js[] = {
#embed "files/panels.js"
};
static const uint8_t way_js[] = {
#embed "files/way.js"
};
static const uint8_t docs_html[] = {
#embed "files/docs.html"
};
static const uint8_t docs_css[] = {
#embed "files/docs.css"
};
static const uint8_t docs_js[] = {
#embed "files/docs.js"
};
static const uint8_t icon_svg[] = {
#embed "files/icon.svg"
};

static const char script[] = "text/javascript; charset=utf-8";

static const asset all[] = {
    {"dashboard.html", "text/html; charset=utf-8", dashboard_html, sizeof dashboard_html},
    {"dashboard.css", "text/css; charset=utf-8", dashboard_css, sizeof dashboard_css},
    {"dashboard.js", script, dashboard_js, sizeof dashboard_js},
    {"api.js", script, api_js, sizeof api_js},
    {"ask.js", script, ask_js, sizeof ask_js},
    {"charts.js", script, charts_js, sizeof charts_js},
    {"panels.js", script, panels_js, sizeof panels_js},
    {"way.js", script, way_js, sizeof way_js},
    {"docs.html", "text/html; charset=utf-8", docs_html, sizeof docs_html},
    {"docs.css", "text/css; charset=utf-8", docs_css, sizeof docs_css},
    {"docs.js", script, docs_js, sizeof docs_js},
    {"icon.svg", "image/svg+xml", icon_svg, sizeof icon_svg},
};

const asset *assets_all(size_t *count) {
    *count = sizeof all / sizeof all[0];
    return all;
}
