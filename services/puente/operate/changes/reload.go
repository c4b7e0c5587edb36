package changes

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"
	"github.com/bonychat/puente/services/puente/running"
)

// How long a bridge may take to read its file, and how often it is looked at meanwhile.
const (
	reloadWithin = time.Minute
	reloadLook   = 50 * time.Millisecond
)

// Reload has the bridge on this machine read its configuration file again, and says what came of it. Mistakes in the file
// are an [exit.Error].
func Reload(ctx context.Context, b running.Bridge, o render.Output) error {
	w := o.Words.File
	if b.File == "" {
		return exit.With(exit.Failed, fmt.Sprintf(w.NoFile, b.Data))
	}
	before := b.Number()
	if err := syscall.Kill(b.PID, syscall.SIGHUP); err != nil {
		return exit.With(exit.Failed, fmt.Sprintf("process %d: %v", b.PID, err))
	}
	o.Progress("%s", w.Waits)
	defer o.Progress("")
	for end := time.Now().Add(reloadWithin); time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return exit.With(exit.Failed, o.Words.Failed.Interrupted)
		case <-time.After(reloadLook):
		}
		now, err := running.At(b.Data)
		if err != nil {
			return exit.With(exit.Failed, err.Error())
		}
		if now.Number() > before {
			o.Progress("")
			return reread(now, o)
		}
	}
	return exit.With(exit.Failed, fmt.Sprintf(w.NotRead, o.Took(reloadWithin)))
}

// reread says what came of it.
func reread(b running.Bridge, o render.Output) error {
	w, r := o.Words.File, b.Read
	if len(r.Mistakes) > 0 {
		return exit.With(exit.Failed, fmt.Sprintf(w.Mistakes, b.File)+"\n  "+strings.Join(r.Mistakes, "\n  "))
	}
	if o.JSON {
		return o.Value(r)
	}
	o.Line(w.Read, b.File)
	different(o, r.Added, r.Changed, r.Removed)
	if len(r.Restart) > 0 {
		o.Note(w.Restart, strings.Join(r.Restart, ", "))
	}
	return nil
}
