package config

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// Resolved is what concerns the channels of a file, as a file that refers to nothing: with the files and variables put in,
// for a process elsewhere that has neither. It holds credentials. The file has to be right, see [Load].
func Resolved(path string, networks []Network) ([]byte, error) {
	data, err := yamlfile.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	if _, err := Parse(path, data, os.LookupEnv, networks...); err != nil {
		return nil, err
	}
	root, ok := yamlfile.Source{Name: path, Folder: filepath.Dir(path), Env: os.LookupEnv, Open: yamlfile.ReadReferred}.Read(data)
	if !ok || root.Node == nil {
		return nil, root.Mistakes()
	}
	// what else there is concerns the process that it was written for, and holds other credentials
	return root.Resolved("listen", "public_url", "channels")
}
