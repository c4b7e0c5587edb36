package config

import (
	"io/fs"
	"path/filepath"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// Name is what a channel of a file is called, and its network.
type Name struct{ ID, Network string }

// Names are the channels of a file with their networks, in the file's order. It is for a shell that completes a command line, so mistakes
// in the file do not matter: a channel with an impossible id is left out, and a file that cannot be read has no names. It opens
// only the file and the one that channels_file names, and resolves no reference.
func Names(path string) []Name {
	data, err := yamlfile.ReadFile(path)
	if err != nil {
		return nil
	}
	nobody := func(string) (string, bool) { return "", false }
	nothing := func(string) ([]byte, error) { return nil, fs.ErrNotExist }
	r := &reader{source: yamlfile.Source{Name: path, Folder: filepath.Dir(path), Env: nobody, Open: nothing}, list: yamlfile.ReadFile}
	root, ok := r.source.Read(data)
	if !ok {
		return nil
	}
	top, _ := root.Fields("channels", "channels_file")
	list, _ := r.listed(top)
	var names []Name
	for _, item := range list.Items() {
		f, _ := item.Fields("id", "network")
		if id := f["id"].Node; id != nil && channelID.MatchString(id.Value) {
			n := Name{ID: id.Value}
			if network := f["network"].Node; network != nil {
				n.Network = network.Value
			}
			names = append(names, n)
		}
	}
	return names
}
