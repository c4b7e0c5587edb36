package scaffold

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// services is the module of the networks that are built in.
const services = "github.com/bonychat/puente/services"

// place is where a network's folder will be.
type place struct {
	// folder is its path, importPath that of its package.
	folder, importPath string
	// registry is the all-in-one's list of networks; "" outside of the repository.
	registry string
}

// find is where a network of this name belongs: in the repository around a folder, or in the folder that was chosen, of
// whatever module.
func find(name, around, chosen string) (place, error) {
	folder := chosen
	if folder == "" {
		root, err := repository(around)
		if err != nil {
			return place{}, err
		}
		folder = filepath.Join(root, "egress", name)
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return place{}, err
	}
	for root := filepath.Dir(folder); ; root = filepath.Dir(root) {
		if module, ok := moduleOf(root); ok {
			below, err := filepath.Rel(root, folder)
			if err != nil {
				return place{}, err
			}
			p := place{folder: folder, importPath: path.Join(module, filepath.ToSlash(below))}
			if module == services {
				p.registry = filepath.Join(root, "puente", "builtin", "builtin.go")
			}
			return p, nil
		}
		if root == filepath.Dir(root) {
			return place{}, fmt.Errorf("%s: there is no go.mod around it: a network is a package of a module", folder)
		}
	}
}

// repository is the folder of the module services, of the repository around a folder.
func repository(around string) (string, error) {
	around, err := filepath.Abs(around)
	if err != nil {
		return "", err
	}
	for dir := around; ; dir = filepath.Dir(dir) {
		for _, root := range []string{dir, filepath.Join(dir, "services")} {
			if module, ok := moduleOf(root); ok && module == services {
				return root, nil
			}
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("the repository of Puente is not around the working folder: say with --dir where the network's folder is to be")
		}
	}
}

// moduleOf is the module whose go.mod stands in a folder.
func moduleOf(folder string) (module string, ok bool) {
	data, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return "", false
	}
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "module" {
			return strings.Trim(words[1], `"`), true
		}
	}
	return "", false
}
