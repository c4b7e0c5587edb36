package sms

import (
	"embed"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

//go:embed providers/*.json
var files embed.FS

// ready are the declarations that come with Puente, by their names. A mistake in one is a programmer's.
var ready = load()

func load() map[string]*Declaration {
	names, err := files.ReadDir("providers")
	if err != nil {
		panic(err)
	}
	out := map[string]*Declaration{}
	for _, f := range names {
		data, err := files.ReadFile(path.Join("providers", f.Name()))
		if err != nil {
			panic(err)
		}
		d := &Declaration{}
		name := strings.TrimSuffix(f.Name(), ".json")
		if err := errors.Join(append([]error{strict(name, data, d)}, d.check()...)...); err != nil {
			panic(fmt.Sprintf("the declaration of %s: %v", name, err))
		}
		out[name] = d
	}
	return out
}

// Providers are the names of the providers that are declared beforehand, sorted.
func Providers() []string { return slices.Sorted(maps.Keys(ready)) }
