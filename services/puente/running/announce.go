package running

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Announcement is what a bridge has said of itself. Its methods may be called by several goroutines.
type Announcement struct {
	lock    *os.File
	pointer string // in the user's folder; "" where there is none

	mu     sync.Mutex
	bridge Bridge
}

// Announce says that this process is a bridge, until Withdraw or until the process ends. URL and Data are required, and Data
// has to be there. The error is [ErrAnnounced] where another process has the folder. Where the user has no folder for
// such things the bridge is found by its data folder alone.
func Announce(b Bridge) (*Announcement, error) {
	data, err := filepath.Abs(b.Data)
	if err != nil {
		return nil, err
	}
	b.Data, b.PID, b.Since = data, os.Getpid(), time.Now()
	if b.File != "" {
		if b.File, err = filepath.Abs(b.File); err != nil {
			return nil, err
		}
	}
	lock, err := hold(filepath.Join(data, lockFile))
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", data, err)
	}
	a := &Announcement{lock: lock, bridge: b}
	if err := a.store(); err != nil {
		_ = lock.Close()
		return nil, err
	}
	if folder, err := userFolder(); err == nil {
		pointer := filepath.Join(folder, pointerName(data))
		if os.MkdirAll(folder, 0o700) == nil && write(pointer, []byte(data+"\n")) == nil {
			a.pointer = pointer
		}
	}
	return a, nil
}

// Reread says what came of reading the configuration file again. Its number is set here.
func (a *Announcement) Reread(r Reading) error {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	r.Number = 1
	if a.bridge.Read != nil {
		r.Number += a.bridge.Read.Number
	}
	a.bridge.Read = &r
	return a.store()
}

func (a *Announcement) store() error {
	text, err := json.Marshal(a.bridge)
	if err != nil {
		return err
	}
	return write(filepath.Join(a.bridge.Data, placeFile), append(text, '\n'))
}

// Withdraw takes back what was said. It may be called more than once, and for nil.
func (a *Announcement) Withdraw() {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lock == nil {
		return
	}
	if a.pointer != "" {
		_ = os.Remove(a.pointer)
	}
	_ = os.Remove(filepath.Join(a.bridge.Data, placeFile))
	_ = a.lock.Close() // its file stays: somebody may be waiting to take it
	a.lock = nil
}

// Number is how often the file was read again, of what a bridge says.
func (b Bridge) Number() int {
	if b.Read == nil {
		return 0
	}
	return b.Read.Number
}
