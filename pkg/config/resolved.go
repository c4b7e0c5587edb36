package config

import (
	"errors"
	"fmt"
	"os"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// Resolved is the part of a file that concerns channels, as a text without references: the contents of files and variables are put in,
// the list of channels included. A process on another machine can read it with [ParseResolved]. It holds credentials. The control
// API and what concerns one process are left out. Its error is as that of [Load].
func Resolved(path string, networks []Network) ([]byte, error) {
	data, err := yamlfile.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	if _, err := Parse(path, data, os.LookupEnv, networks...); err != nil {
		return nil, err
	}
	r := &reader{source: source(path, os.LookupEnv), list: yamlfile.ReadFile}
	root, ok := r.source.Read(data)
	if !ok || root.Node == nil {
		return nil, root.Mistakes()
	}
	again, _ := r.source.Read(data) // what is asked of it beside the whole is no mistake
	top, _ := again.Fields("channels", "channels_file")
	if list, elsewhere := r.listed(top); elsewhere != nil {
		if err := root.Put("channels", list); err != nil {
			return nil, err
		}
	}
	// what else there is concerns the process that it was written for, and holds other credentials
	return root.Resolved("listen", "public_url", "channels")
}

// ParseResolved is [Parse] for a text that came from another machine, such as what [Resolved] wrote there. A reference to a file or a
// variable is a mistake in it: it would read this machine's.
func ParseResolved(name string, data []byte, networks ...Network) (*Config, error) {
	foreign := func(string) ([]byte, error) { return nil, errForeign }
	r := &reader{source: yamlfile.Source{Name: name, Folder: ".", Open: foreign}, list: foreign}
	return r.parse(data, networks)
}

var errForeign = errors.New("references are resolved by whoever sends the file")
