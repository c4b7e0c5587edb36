package config

import (
	"io/fs"
	"path/filepath"
)

// Name is what a channel of a file is called, and its network.
type Name struct{ ID, Network string }

// Names are the channels' names in a file, in its order, whatever else is wrong there: for a shell that completes a
// command line. It opens nothing but the file and the one that channels_file names, and resolves no reference; a channel
// whose id is none is left out, and a file that cannot be read has no names.
func Names(path string) []Name {
	data, err := readFile(path, MaxSize+1)
	if err != nil {
		return nil
	}
	r := &reader{
		file: path, folder: filepath.Dir(path), env: func(string) (string, bool) { return "", false },
		open: func(string) ([]byte, error) { return nil, fs.ErrNotExist }, list: readList,
	}
	root, ok := r.document(data)
	if !ok {
		return nil
	}
	top, _ := root.fields("channels", "channels_file")
	list, _ := r.listed(top)
	var names []Name
	for _, item := range list.items() {
		f, _ := item.fields("id", "network")
		if id := f["id"].node; id != nil && channelID.MatchString(id.Value) {
			n := Name{ID: id.Value}
			if network := f["network"].node; network != nil {
				n.Network = network.Value
			}
			names = append(names, n)
		}
	}
	return names
}
