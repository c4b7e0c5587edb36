package lanes

import (
	"sync"
	"time"
)

// lingerFor is how long a goroutine without work waits for more.
const lingerFor = time.Second

// Workers are goroutines that do the turns of sets, one or several. Work on a message needs some kilobytes of stack, which a new
// goroutine has to grow again and again while what it begins goes deeper: that took a twenty-fifth of a bridge's CPU. So one whose
// work is done waits for more, for a second. They are safe for concurrent use.
type Workers struct {
	jobs  chan func() // without room: who sends has found somebody who waits
	over  chan struct{}
	close sync.Once
	all   sync.WaitGroup
}

// NewWorkers starts nothing yet. Who makes them calls [Workers.Stop].
func NewWorkers() *Workers {
	return &Workers{jobs: make(chan func()), over: make(chan struct{})}
}

// Stop waits until what is being done has ended, and then for the goroutines. It can be called twice. The sets that have these workers
// are stopped before.
func (w *Workers) Stop() {
	w.close.Do(func() { close(w.over) })
	w.all.Wait()
}

// do has it done by somebody who waits for work, or by a new goroutine. It does not wait.
func (w *Workers) do(job func()) {
	select {
	case w.jobs <- job:
	default:
		w.all.Add(1)
		go w.work(job)
	}
}

// work does one job and then others.
func (w *Workers) work(job func()) {
	defer w.all.Done()
	limit := time.NewTimer(lingerFor)
	defer limit.Stop()
	for {
		job()
		limit.Reset(lingerFor)
		select {
		case job = <-w.jobs:
		case <-limit.C:
			return
		case <-w.over:
			return
		}
	}
}
