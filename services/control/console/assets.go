package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"

	"github.com/bonychat/puente/pkg/journey"
)

//go:embed assets/*.css assets/*.js assets/*.svg assets/*.txt
var assetFiles embed.FS

// assetTypes are those of the assets that are served. Licences lie beside them and are served too.
var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
}

// assets are what pages load, by name.
var assets = readAssets()

// assetVersion stands in their addresses, so that a browser may keep them for good.
var assetVersion = versionOf(assets)

func readAssets() map[string][]byte {
	all := map[string][]byte{"journey.css": journey.CSS}
	entries, err := fs.ReadDir(assetFiles, "assets")
	if err != nil {
		panic(err) // they are built in
	}
	for _, e := range entries {
		data, err := assetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			panic(err)
		}
		all[e.Name()] = data
	}
	return all
}

func versionOf(all map[string][]byte) string {
	h := sha256.New()
	for _, name := range sortedKeys(all) {
		h.Write([]byte(name))
		h.Write(all[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// assetPath is where an asset is.
func assetPath(name string) string { return Path + "assets/" + assetVersion + "/" + name }

func serveAsset(w http.ResponseWriter, r *http.Request) {
	data, ok := assets[r.PathValue("name")]
	kind := assetTypes[path.Ext(r.PathValue("name"))]
	if !ok || kind == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	if r.PathValue("version") == assetVersion {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("Vary", "Accept-Encoding")
	send(w, r, http.StatusOK, data)
}

// icon is one of icons.svg, for the eye alone.
func icon(name string) template.HTML {
	return template.HTML(`<svg class="icon" aria-hidden="true"><use href="` + template.HTMLEscapeString(assetPath("icons.svg")+"#"+name) + `"/></svg>`)
}
