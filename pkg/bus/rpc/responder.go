package rpc

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/internal/conn"
	"github.com/bonychat/puente/pkg/bus/internal/traceparent"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
	"github.com/bonychat/puente/pkg/pause"
)

// Responder answers requests on subjects that may come and go. It is safe for concurrent use. A subject costs no
// goroutine: there may be thousands. It survives the connection: on the next one it listens on the same subjects. While there
// is none, askers are told that nobody answers.
type Responder struct {
	// Bus is the connection. It and Answer are required; fields are not changed once Run was called.
	Bus *bus.Bus
	// Group names those of whom one answers each request; "" where everybody who listens does.
	Group string
	// Limit is the longest that one answer may take; default [bus.RequestTimeout].
	Limit time.Duration
	// Answer answers one question, as it was encoded. It is called by up to 8 goroutines at once. Its context ends after
	// Limit, when the asker has stopped waiting, or with Run. [ErrNobody] says nothing to the asker: somebody else may
	// answer. Any other error is told: it must hold no content and no credential. A panic is logged and told as a fault.
	Answer func(ctx context.Context, subject string, question []byte) (proto.Message, error)

	mu       sync.Mutex
	subjects map[string]bool               // those to listen on, whatever the connection
	link     *conn.Link                    // nil while Run does not run
	open     map[string]*nats.Subscription // on the link
	requests chan *nats.Msg                // of all subjects; the client drops what does not fit
}

const (
	// answersAtOnce bounds the answers that a responder works on at a time: they may ask the broker, or look at everything that
	// waits, and must not take the processor from those who send.
	answersAtOnce = 8
	// requestsKept bounds the requests that wait for that; what comes beyond it is not answered.
	requestsKept = 64
)

// Respond answers requests on one subject, which may hold "*" for a part, until the context ends: it is a [Responder] with its
// fields as parameters, and a question that is decoded. One that cannot be read is refused. limit 0 is [bus.RequestTimeout].
func Respond[Q any, P interface {
	*Q
	proto.Message
}](ctx context.Context, b *bus.Bus, subject, group string, limit time.Duration, answer func(context.Context, P) (proto.Message, error)) error {
	r := &Responder{Bus: b, Group: group, Limit: limit, Answer: func(ctx context.Context, _ string, question []byte) (proto.Message, error) {
		var q Q
		if err := proto.Unmarshal(question, P(&q)); err != nil {
			return nil, errors.New("the question cannot be read")
		}
		return answer(ctx, &q)
	}}
	r.Listen(subject)
	return r.Run(ctx)
}

// Listen answers on a subject from now on. It does no I/O beyond the connection's buffer, and may be called before Run.
func (r *Responder) Listen(subject string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.subjects == nil {
		r.subjects = map[string]bool{}
	}
	r.subjects[subject] = true
	if r.link != nil {
		r.subscribe(subject)
	}
}

// Leave answers on a subject no more. It does not wait for answers that are being worked on.
func (r *Responder) Leave(subject string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.subjects, subject)
	if s := r.open[subject]; s != nil {
		_ = s.Unsubscribe()
		delete(r.open, subject)
	}
}

// Run answers until the context ends, and waits for what is being answered. It returns nil then, and [bus.ErrClosed] where
// there will be no connection any more. It is called once.
func (r *Responder) Run(ctx context.Context) error {
	if r.Limit == 0 {
		r.Limit = bus.RequestTimeout
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.requests = make(chan *nats.Msg, requestsKept)
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel() // before the wait: what is being answered is told to end
	for range answersAtOnce {
		working.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case m := <-r.requests:
					r.answer(ctx, m)
				}
			}
		})
	}
	for ctx.Err() == nil && !r.Bus.Over() {
		l := r.Bus.Link()
		r.attach(l)
		select {
		case <-ctx.Done():
		case <-l.Gone():
			_ = pause.For(ctx, conn.Pause) // until there may be another one
		}
		r.detach()
	}
	if ctx.Err() == nil {
		return bus.ErrClosed
	}
	return nil
}

// attach listens on a connection, on all subjects that there are by now.
func (r *Responder) attach(l *conn.Link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.link, r.open = l, map[string]*nats.Subscription{}
	for subject := range maps.Keys(r.subjects) {
		r.subscribe(subject)
	}
}

// detach stops listening. Subjects that come meanwhile are listened on by the next attach.
func (r *Responder) detach() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.open {
		_ = s.Unsubscribe()
	}
	r.link, r.open = nil, nil
}

// subscribe listens on a subject; the lock is held. It fails where the connection is gone, and then there is another
// one soon.
func (r *Responder) subscribe(subject string) {
	if r.open[subject] != nil {
		return
	}
	if err := valid.Filter(subject); err != nil {
		r.Bus.Logger().Error("requests cannot be answered", "about", requestKind(subject), "err", err)
		return
	}
	s, err := r.link.Conn().ChanQueueSubscribe(subject, r.Group, r.requests)
	if err != nil {
		r.Bus.Logger().Debug("requests not answered yet", "about", requestKind(subject), "err", err)
		return
	}
	r.open[subject] = s
}

// answer answers one request, within the limit and the time that the asker waits, whichever is shorter. An answer that comes too
// late costs work that nobody reads.
func (r *Responder) answer(ctx context.Context, m *nats.Msg) {
	if m.Reply == "" {
		return // nobody waits for it
	}
	kind := requestKind(m.Subject)
	limit := r.Limit
	if within, err := strconv.ParseInt(m.Header.Get(headerWithin), 10, 64); err == nil {
		limit = min(limit, time.Duration(max(within, 0))*time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(traceparent.Extract(ctx, m.Header), limit)
	defer cancel()
	ctx, span := r.Bus.StartSpan(r.Bus.About(ctx, m.Subject, nil), "answer", kind, trace.SpanKindConsumer)
	defer span.End()
	reply := &nats.Msg{Subject: m.Reply, Header: nats.Header{}}
	body, err := r.shielded(ctx, kind, m)
	if err == nil {
		reply.Data, err = proto.Marshal(body)
	}
	if err == nil && len(reply.Data) > maxBody {
		err = bus.ErrTooLarge
	}
	if errors.Is(err, ErrNobody) {
		return
	}
	// an answer that is no answer: the reason stands in a header, so that no body has to be told from one
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		reply.Data = nil
		reply.Header.Set(headerRefused, cmp.Or(headerText(err.Error()), "no reason was given"))
		if errors.Is(err, bus.ErrNotFound) {
			reply.Header.Set(headerMissing, "1")
		}
	}
	if err := r.Bus.Conn().PublishMsg(reply); err != nil {
		r.Bus.Logger().Debug("answer not sent", "about", kind, "err", err)
	}
}

// shielded calls Answer. A panic is no reason for the process to end.
func (r *Responder) shielded(ctx context.Context, kind string, m *nats.Msg) (body proto.Message, err error) {
	defer func() {
		if p := recover(); p != nil { // what was panicked with may hold content: the stack says enough
			r.Bus.Logger().Error("panic in the answer to a request", "about", kind, "stack", string(debug.Stack()))
			err = errors.New("a fault in the process that answers: its log has it")
		}
	}()
	return r.Answer(ctx, m.Subject, m.Data)
}

// headerText is a text that a header can hold: one line, not too long.
func headerText(text string) string {
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, "?"))
	if len(text) > maxRefusal {
		text = strings.ToValidUTF8(text[:maxRefusal], "")
	}
	return text
}
