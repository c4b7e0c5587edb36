package draft

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// ErrTaken means that something of a channel that is to be added is there already.
var ErrTaken = errors.New("there is a channel of this id, or there are files of its secrets")

// Add writes a channel into the file at path, or into the one that its channels_file names, at the end of the list, and its
// secrets into files of their own beside it, which only the owner may read. Comments and all other channels stay as they are: the
// file is read as it would be, before it is replaced in one step. written are the files, the list last; where there is an error
// nothing is left behind. A draft with mistakes is [yamlfile.Mistakes]; a form that cannot be added to [ErrForm]; what is there
// already [ErrTaken]. One goroutine at a time.
func Add(path string, d Channel, networks []config.Network) (written []string, err error) {
	if wrong := d.Mistakes(networks); len(wrong) > 0 {
		return nil, yamlfile.Mistakes(wrong)
	}
	list, before, err := listOf(path, networks)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(before.Channels, func(c config.Channel) bool { return c.ID == d.ID }) {
		return nil, ErrTaken
	}
	data, err := yamlfile.ReadFile(list)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", list, err)
	}
	item, files := d.Text(networks)
	with, err := insert(data, item)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			removed(written...)
			written = nil
		}
	}()
	for _, f := range files {
		path := filepath.Join(filepath.Dir(list), filepath.FromSlash(f.Path))
		if err := writeSecret(path, f.Value); err != nil {
			return written, err
		}
		written = append(written, path)
	}
	if err := addsOne(path, list, with, before, d, networks); err != nil {
		return written, err
	}
	if err := replace(list, with); err != nil {
		return written, err
	}
	return append(written, list), nil
}

// Addable says whether [Add] can write where the list of channels of the file at path lies; nil where it can.
func Addable(path string, networks []config.Network) error {
	list, _, err := listOf(path, networks)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(list, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if f, err = os.CreateTemp(filepath.Dir(list), ".puente-*"); err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// listOf is the file in which the list of channels stands, links followed, and what the file at path says.
func listOf(path string, networks []config.Network) (list string, cfg *config.Config, err error) {
	if cfg, err = config.Load(path, networks); err != nil {
		return "", nil, err
	}
	if list, err = config.ListFile(path); err != nil {
		return "", nil, err
	}
	list, err = filepath.EvalSymlinks(list)
	return list, cfg, err
}

// addsOne says whether the configuration with this list is the one before and the new channel.
func addsOne(path, list string, with []byte, before *config.Config, d Channel, networks []config.Network) error {
	after, err := config.LoadFrom(instead(list, with), path, networks)
	if err != nil {
		return err
	}
	if n := len(before.Channels); len(after.Channels) != n+1 || !slices.EqualFunc(before.Channels, after.Channels[:n], same) || after.Channels[n].ID != d.ID {
		return ErrForm
	}
	return nil
}

// instead reads files, and in place of one of them a text that is not there yet.
func instead(list string, with []byte) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if real, err := filepath.EvalSymlinks(name); err == nil && real == list {
			return with, nil
		}
		return yamlfile.ReadFile(name)
	}
}

// removed removes files that were written here, and their folders where nothing else is in them.
func removed(paths ...string) {
	for _, path := range paths {
		_ = os.Remove(path)
		_ = os.Remove(filepath.Dir(path))
	}
}

// writeSecret writes a file that was not there, for its owner alone.
func writeSecret(path string, s secret.Text) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return ErrTaken
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(s.Reveal())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}

// replace replaces a file in one step, and leaves it to whom it belonged.
func replace(path string, data []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".puente-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
