// Package templates holds the pages, their styles and scripts, and the texts of pages in each language.
package templates

import "embed"

// Files are the templates (*.html, a directory an audience), assets and locales.
//
//go:embed all:resident all:panel all:kiosk locales assets
var Files embed.FS
