package draft

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

var (
	// ErrGone means that there is no channel of an id.
	ErrGone = errors.New("the file has no such channel")
	// ErrChanged means that a channel is not any more what somebody looked at before changing it.
	ErrChanged = errors.New("the channel has been changed meanwhile, or the process was started anew")
	// ErrLast means that a channel cannot be taken out because no other is left: a list without channels is taken for a mistake.
	ErrLast = errors.New("it is the only channel: a list without channels would not be taken up")
)

// Editor changes the channels of one configuration file, for one person at a time. It is safe for concurrent use; what other programs
// do to the file at the same moment it does not see.
type Editor struct {
	path     string
	networks []config.Network
	key      []byte // of versions

	mu sync.Mutex
}

// NewEditor takes the file at a path, and the networks that a channel can be of. It does not look at the file.
func NewEditor(path string, networks []config.Network) *Editor {
	e := &Editor{path: path, networks: networks, key: make([]byte, 32)}
	_, _ = rand.Read(e.key)
	return e
}

// Addable is [Addable].
func (e *Editor) Addable() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return Addable(e.path, e.networks)
}

// Add is [Add].
func (e *Editor) Add(d Channel) (written []string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return Add(e.path, d, e.networks)
}

// Look is a channel as the file has it now; [ErrGone] where it has none of this id.
func (e *Editor) Look(id string) (Standing, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, cfg, err := listOf(e.path, e.networks)
	if err != nil {
		return Standing{}, err
	}
	return e.standing(cfg, id)
}

func (e *Editor) standing(cfg *config.Config, id string) (Standing, error) {
	at := slices.IndexFunc(cfg.Channels, func(c config.Channel) bool { return c.ID == id })
	if at < 0 {
		return Standing{}, ErrGone
	}
	c := cfg.Channels[at]
	return Standing{Channel: c, Version: versionOf(e.key, c)}, nil
}

// Change writes a change into the file. A credential goes into a file of its own that was not there, so that until the list is replaced,
// in one step, nothing is different: whatever ends the process in between, the file says what it said, or all that is new. What no
// channel refers to any more of the files that were written here is removed. written are the files, the list last; none where nothing
// is different. Errors are [ErrGone], [ErrChanged], [ErrForm], [yamlfile.Mistakes], and those of files; then nothing is different.
func (e *Editor) Change(c Change) (written []string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	list, before, data, s, err := e.open(c.ID, c.Version)
	if err != nil {
		return nil, err
	}
	p := s.Plan(c, e.networks)
	if len(p.Mistakes) > 0 {
		return nil, yamlfile.Mistakes(p.Mistakes)
	}
	if len(p.edits) == 0 {
		return nil, nil
	}
	defer func() {
		if err != nil {
			removed(written...)
			written = nil
		}
	}()
	for _, one := range p.edits {
		value := one.value
		if one.hides.Reveal() != "" {
			path, err := writeNew(filepath.Dir(list), s.ID, one.field, one.hides)
			if err != nil {
				return written, err
			}
			written = append(written, filepath.Join(filepath.Dir(list), filepath.FromSlash(path)))
			value = reference(path)
		}
		if data, err = set(data, s.ID, pathOf(one.field), value); err != nil {
			return written, err
		}
	}
	after, err := e.with(list, data)
	if err != nil {
		return written, err
	}
	if !slices.EqualFunc(after.Channels, before.Channels, func(now, was config.Channel) bool {
		if was.ID == s.ID {
			was = p.after
		}
		return same(now, was)
	}) {
		return written, ErrForm
	}
	if err := replace(list, data); err != nil {
		return written, err
	}
	e.tidy(list, s.ID, after)
	return append(written, list), nil
}

// Remove takes a channel out of the file, and removes the files of its credentials that were written here. Errors are those of
// [Editor.Change], and [ErrLast].
func (e *Editor) Remove(id, version string) (written []string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	list, before, data, _, err := e.open(id, version)
	if err != nil {
		return nil, err
	}
	if len(before.Channels) == 1 {
		return nil, ErrLast
	}
	if data, err = without(data, id); err != nil {
		return nil, err
	}
	after, err := e.with(list, data)
	if err != nil {
		return nil, err
	}
	rest := slices.DeleteFunc(slices.Clone(before.Channels), func(c config.Channel) bool { return c.ID == id })
	if !slices.EqualFunc(after.Channels, rest, same) {
		return nil, ErrForm
	}
	if err := replace(list, data); err != nil {
		return nil, err
	}
	e.tidy(list, id, after)
	return []string{list}, nil
}

// open reads the file for a change of a channel that was looked at.
func (e *Editor) open(id, version string) (list string, cfg *config.Config, data []byte, s Standing, err error) {
	if list, cfg, err = listOf(e.path, e.networks); err != nil {
		return list, nil, nil, s, err
	}
	if s, err = e.standing(cfg, id); err != nil {
		return list, nil, nil, s, err
	}
	if s.Version != version {
		return list, nil, nil, s, ErrChanged
	}
	if data, err = yamlfile.ReadFile(list); err != nil {
		err = fmt.Errorf("read %s: %w", list, err)
	}
	return list, cfg, data, s, err
}

// with is what the configuration says with another text of the list.
func (e *Editor) with(list string, data []byte) (*config.Config, error) {
	var document yaml.Node
	if yaml.Unmarshal(data, &document) != nil { // it is our doing, and no mistake of the file
		return nil, ErrForm
	}
	return config.LoadFrom(instead(list, data), e.path, e.networks)
}

// same says that two channels are one, with all that they hold.
func same(a, b config.Channel) bool {
	return a.ID == b.ID && a.Network == b.Network && a.ContactID == b.ContactID && a.Locale == b.Locale && a.Uncertain == b.Uncertain &&
		equal(a.Account, b.Account) && string(a.Platform.Reveal()) == string(b.Platform.Reveal())
}

// equal compares what two accounts say, whatever the order of their settings.
func equal(a, b config.Account) bool { return asTyped(a.Reveal()) == asTyped(b.Reveal()) }

// mostFiles is how many files of one credential there can be: one, and those that a process left behind.
const mostFiles = 100

// writeNew writes a credential into a file that was not there, and is its path from the folder on.
func writeNew(folder, id, field string, value secret.Text) (path string, err error) {
	path = SecretFolder + "/" + id + "/" + field
	for n := 1; n < mostFiles; n++ {
		one := path
		if n > 1 {
			one += "." + strconv.Itoa(n)
		}
		if err = writeSecret(filepath.Join(folder, filepath.FromSlash(one)), value); !errors.Is(err, ErrTaken) {
			return one, err
		}
	}
	return "", err
}

// ours is what a file of a credential is called that was written here.
var ours = regexp.MustCompile(`^(platform|account)\.[A-Za-z0-9_]+(\.[0-9]{1,2})?$`)

// tidy removes the files of a channel's credentials that were written here and that nothing refers to. One that stays does no harm.
func (e *Editor) tidy(list, id string, cfg *config.Config) {
	folder := filepath.Join(filepath.Dir(list), SecretFolder, id)
	files, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, f := range files {
		path := filepath.Join(folder, f.Name())
		if info, err := f.Info(); err == nil && info.Mode().IsRegular() && ours.MatchString(f.Name()) && !slices.ContainsFunc(cfg.Files, func(used string) bool { return oneFile(used, path) }) {
			removed(path)
		}
	}
	_ = os.Remove(folder) // where it is empty
}

// oneFile says that two paths lead to one file, links followed.
func oneFile(a, b string) bool {
	at, err := os.Stat(a)
	bt, wrong := os.Stat(b)
	return err == nil && wrong == nil && os.SameFile(at, bt)
}
