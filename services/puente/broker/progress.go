package broker

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// progress tells on a terminal how far a transfer is; elsewhere nothing.
type progress struct {
	out   io.Writer // nil for none
	name  string
	bytes int64
	told  time.Time
}

func newProgress(out io.Writer) *progress {
	if f, ok := out.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		out = nil
	}
	return &progress{out: out}
}

// begin says which stream comes next.
func (p *progress) begin(name string) {
	p.name, p.bytes, p.told = name, 0, time.Time{}
	p.add(0)
}

func (p *progress) add(n int) {
	p.bytes += int64(n)
	if p.out == nil || time.Since(p.told) < 200*time.Millisecond {
		return
	}
	p.told = time.Now()
	fmt.Fprintf(p.out, "\r\x1b[K%s  %.1f MB", p.name, float64(p.bytes)/(1<<20))
}

// end takes the line away.
func (p *progress) end() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// count is a writer whose bytes are counted, counting such a reader.
func (p *progress) count(w io.Writer) io.Writer {
	return writeFunc(func(b []byte) (int, error) { p.add(len(b)); return w.Write(b) })
}
func (p *progress) counting(r io.Reader) io.Reader { return io.TeeReader(r, p.count(io.Discard)) }

type writeFunc func([]byte) (int, error)

func (f writeFunc) Write(b []byte) (int, error) { return f(b) }
