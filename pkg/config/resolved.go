package config

import (
	"fmt"
	"os"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// Resolved is what concerns the channels of a file, as a file that refers to nothing: with the files and variables put in, and
// the list of channels where it stands in a file of its own. It is for a process elsewhere that has none of these. It holds
// credentials. A file that is not right is [yamlfile.Mistakes], as with [Load]. The key control is left out, and all else that
// concerns one process.
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
