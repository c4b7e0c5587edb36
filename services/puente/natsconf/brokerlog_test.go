package natsconf_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// violations keeps what servers log of what clients may not do.
type violations struct {
	mu   sync.Mutex
	seen []string
}

func (v *violations) note(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if strings.Contains(line, "iolation") || strings.Contains(line, "authentication error") {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.seen = append(v.seen, line)
	}
}

func (v *violations) all() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.seen)
}

func (v *violations) Noticef(f string, a ...any) { v.note(f, a...) }

func (v *violations) Warnf(f string, a ...any) { v.note(f, a...) }

func (v *violations) Fatalf(f string, a ...any) { v.note(f, a...) }

func (v *violations) Errorf(f string, a ...any) { v.note(f, a...) }

func (v *violations) Debugf(f string, a ...any) { v.note(f, a...) }

func (v *violations) Tracef(string, ...any) {}
