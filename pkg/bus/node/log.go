package node

import (
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
)

// voice hands what the server says to a log, and hears what means that its store takes nothing more. Its debugging
// output is off.
type voice struct {
	log *slog.Logger
	// broken is told why the store takes nothing more. It must not wait for the server.
	broken func(reason string)

	mu    sync.Mutex
	fatal string // why the server did not start
}

// snippet is where the server quotes what it was sent: that may be a message's text.
var snippet = regexp.MustCompile(`(?s)(proto=|snip: ).*`)

// longest is how much of one thing that the server says is kept, in bytes.
const longest = 500

func said(format string, v []any) string {
	text := snippet.ReplaceAllString(fmt.Sprintf(format, v...), "${1}[removed]")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

// ends are what the server says when a stream, a consumer or all of its store has stopped taking anything for good.
var ends = []string{"ritical write error", "will be DISABLED", "disabling JetStream"}

// heed raises the alarm where a text says that something has stopped.
func (l *voice) heed(text string) {
	for _, end := range ends {
		if strings.Contains(text, end) {
			l.broken(text)
			return
		}
	}
}

func (l *voice) Noticef(format string, v ...any) {
	l.log.Debug("broker notice", "text", said(format, v))
}

func (l *voice) Warnf(format string, v ...any) {
	text := said(format, v)
	l.log.Warn("broker warning", "text", text)
	l.heed(text)
}

func (l *voice) Errorf(format string, v ...any) {
	text := said(format, v)
	l.log.Error("broker error", "text", text)
	l.heed(text)
}

// Fatalf is called by a server that cannot start; whoever starts it asks why.
func (l *voice) Fatalf(format string, v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fatal == "" {
		l.fatal = said(format, v)
	}
}

func (l *voice) Debugf(string, ...any) {}
func (l *voice) Tracef(string, ...any) {}

// failure is why the server did not start, "" where it has not said.
func (l *voice) failure() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
}
