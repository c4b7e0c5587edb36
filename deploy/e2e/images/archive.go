package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"path"
	"runtime"
)

// entry is a file of an image.
type entry struct {
	name string
	mode int64
	data []byte
}

// archive writes an image of one layer as docker save does (https://github.com/moby/docker-image-spec): entrypoint and files, run by
// the user 65532.
func archive(w io.Writer, name, entrypoint string, files []entry) error {
	var layer bytes.Buffer
	if err := pack(&layer, files); err != nil {
		return err
	}
	digest := hash(layer.Bytes())
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux",
		"config": map[string]any{"Entrypoint": []string{entrypoint}, "User": "65532:65532", "Env": []string{"PATH=" + path.Dir(entrypoint)}},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + digest}},
	})
	if err != nil {
		return err
	}
	file := hash(config) + ".json"
	manifest, err := json.Marshal([]any{map[string]any{"Config": file, "RepoTags": []string{name}, "Layers": []string{digest + "/layer.tar"}}})
	if err != nil {
		return err
	}
	return pack(w, []entry{{digest + "/layer.tar", 0o644, layer.Bytes()}, {file, 0o644, config}, {"manifest.json", 0o644, manifest}})
}

// pack writes files, with their folders before them.
func pack(w io.Writer, files []entry) error {
	t := tar.NewWriter(w)
	made := map[string]bool{}
	for _, f := range files {
		var folders []string
		for dir := path.Dir(f.name); dir != "." && !made[dir]; dir = path.Dir(dir) {
			made[dir] = true
			folders = append([]string{dir}, folders...)
		}
		for _, dir := range folders {
			if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755}); err != nil {
				return err
			}
		}
		if err := t.WriteHeader(&tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.data))}); err != nil {
			return err
		}
		if _, err := t.Write(f.data); err != nil {
			return err
		}
	}
	return t.Close()
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
