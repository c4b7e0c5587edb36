package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

// Options say what is to be written where.
type Options struct {
	// Name is the network's.
	Name string
	// Taken are the names of the networks that are built in.
	Taken []string
	// Around is a folder in the repository; the network's folder is services/egress/<name> there.
	Around string
	// Dir is the network's folder, instead.
	Dir string
}

// Written is what was written.
type Written struct {
	// Folder is the network's.
	Folder string
	// Files are what it holds, below it.
	Files []string
	// Registry is the list that the network was added to, "" for none.
	Registry string
	// Import is the path of the network's package.
	Import string
}

//go:embed templates
var templates embed.FS

// New writes the folder of a new network, which must not exist.
func New(o Options) (Written, error) {
	if err := checkName(o.Name); err != nil {
		return Written{}, err
	}
	if slices.Contains(o.Taken, o.Name) {
		return Written{}, fmt.Errorf("there is a network %s", o.Name)
	}
	p, err := find(o.Name, o.Around, o.Dir)
	if err != nil {
		return Written{}, err
	}
	if _, err := os.Stat(p.folder); !errors.Is(err, fs.ErrNotExist) {
		return Written{}, fmt.Errorf("%s is there already: it is not written over", p.folder)
	}
	w := Written{Folder: p.folder, Registry: p.registry, Import: p.importPath}
	var registry []byte
	if p.registry != "" {
		before, err := os.ReadFile(p.registry)
		if err != nil {
			return Written{}, fmt.Errorf("the list of networks: %w", err)
		}
		if registry, err = register(before, o.Name, p.importPath); err != nil {
			return Written{}, err
		}
	}
	files, err := render(o.Name, p.importPath)
	if err != nil {
		return Written{}, err
	}
	for _, f := range files {
		if err = write(filepath.Join(p.folder, f.name), f.data); err != nil {
			break
		}
		w.Files = append(w.Files, f.name)
	}
	if err == nil && registry != nil {
		err = os.WriteFile(p.registry, registry, 0o644)
	}
	if err != nil {
		return Written{}, errors.Join(err, os.RemoveAll(p.folder)) // it was not there before
	}
	return w, nil
}

func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// file is one file of the network's folder.
type file struct {
	name string
	data []byte
}

// render fills in the templates.
func render(name, importPath string) ([]file, error) {
	values := struct{ Name, Title, Import string }{name, strings.ToUpper(name[:1]) + name[1:], importPath}
	var files []file
	err := fs.WalkDir(templates, "templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := templates.ReadFile(path)
		if err != nil {
			return err
		}
		t, err := template.New(path).Option("missingkey=error").Parse(string(text))
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := t.Execute(&out, values); err != nil {
			return err
		}
		target := strings.TrimSuffix(strings.TrimPrefix(path, "templates/"), ".tmpl")
		if target == "main.go" {
			target = "cmd/egress-" + name + "/main.go"
		}
		files = append(files, file{filepath.FromSlash(target), out.Bytes()})
		return nil
	})
	return files, err
}
