package audit

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"connectrpc.com/connect"
	"golang.org/x/time/rate"

	"github.com/google/uuid"

	"github.com/bonychat/puente/pkg/recent"
	"github.com/bonychat/puente/services/control/auth"
)

// Bounds of what refusals leave in the audit: the first of a kind is stored and one of storeEvery, and of all kinds together
// no more than storePace in a second after storeAtOnce. What is not stored is counted in the next that is.
const (
	storeEvery  = 100
	storePace   = 0.5
	storeAtOnce = 50
)

// refusals counts what is refused. The zero value is ready to use.
type refusals struct {
	mu      sync.Mutex
	kinds   recent.Map[kind, uint64]
	pace    *rate.Limiter
	leftOut uint64
}

// kind is a kind of refusals.
type kind struct {
	actor, from, procedure string
	code                   connect.Code
}

// count says whether a refusal is to be stored, how many of its kind there have been lately, and how many of all kinds were
// not stored since the last that was.
func (r *refusals) count(k kind) (store bool, times, leftOut uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pace == nil {
		r.pace = rate.NewLimiter(storePace, storeAtOnce)
	}
	n := r.kinds.Of(k, func() *uint64 { return new(uint64) })
	*n++
	if *n%storeEvery != 1 || !r.pace.Allow() {
		r.leftOut++
		return false, *n, 0
	}
	leftOut, r.leftOut = r.leftOut, 0
	return true, *n, leftOut
}

// Refused takes note of a call of the context's caller that was refused with this code. procedure is "" where there is none of
// the name that was called. A refusal that cannot be stored is refused all the same.
func (l *Log) Refused(ctx context.Context, procedure string, code connect.Code) {
	c := auth.From(ctx)
	store, times, leftOut := l.refusals.count(kind{c.Name, c.From, procedure, code})
	if !store {
		return
	}
	var detail []string
	if times > 1 {
		detail = append(detail, fmt.Sprintf("%d times lately", times))
	}
	if leftOut > 0 {
		detail = append(detail, fmt.Sprintf("%d refusals before it are not recorded one by one", leftOut))
	}
	r := record(ctx, Act{Procedure: procedure, Detail: strings.Join(detail, ", ")}, code.String())
	l.log.Warn("control: call refused", "procedure", procedure, "actor", c.Name, "from", c.From, "code", code.String(), "times", times)
	if err := l.store(ctx, uuid.Must(uuid.NewV7()).String(), r); err != nil {
		l.log.Error("audit: a refusal is not stored", "procedure", procedure, "err", err)
	}
}
