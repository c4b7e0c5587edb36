package rpc

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/internal/traceparent"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
	"github.com/bonychat/puente/pkg/topology"
)

// ErrNobody means that nobody answers: no process listens on the subject, or none that does has said anything in time.
var ErrNobody = errors.New("nobody answers")

// ErrRefused is in every error that a responder returned instead of an answer. Where it returned [bus.ErrNotFound], that
// is in it too.
var ErrRefused = errors.New("the request was refused")

// The headers of requests and answers.
const (
	headerWithin  = "Puente-Within"  // how long the answer is waited for, milliseconds
	headerRefused = "Puente-Refused" // why there is no answer, in place of one
	headerMissing = "Puente-Missing" // what was asked about is not there
)

// maxBody bounds a question and an answer in bytes. The broker's limit counts headers too.
const maxBody = topology.MaxPayload - 16<<10

// maxRefusal bounds the text of a refusal, in bytes.
const maxRefusal = 1024

// Call sends a question to a subject and reads the first answer. It waits for as long as the context lives, but for
// [bus.RequestTimeout] where that has no deadline. It returns [ErrNobody], [ErrRefused] with the responder's words, [bus.ErrName], or
// [bus.ErrTooLarge] for a question of almost 8 MB. After ErrNobody, and after any other error, the question may have been answered all
// the same: a question that changes something has to bear being asked twice.
func Call(ctx context.Context, b *bus.Bus, subject string, question, answer proto.Message) (err error) {
	kind := requestKind(subject)
	if err := valid.Subject(subject); err != nil {
		return fmt.Errorf("ask %s: %w", kind, err)
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, bus.RequestTimeout)
		defer cancel()
	}
	ctx, span := b.StartSpan(b.About(ctx, subject, nil), "ask", kind, trace.SpanKindProducer)
	defer span.End()
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
	}()
	data, err := proto.Marshal(question)
	if err != nil {
		return fmt.Errorf("encode for %s: %w", kind, err)
	}
	if len(data) > maxBody {
		return fmt.Errorf("ask %s: %w", kind, bus.ErrTooLarge)
	}
	// told to the responder, which stops working on an answer that nobody waits for; a duration, since clocks differ
	m := &nats.Msg{Subject: subject, Data: data, Header: nats.Header{}}
	deadline, _ := ctx.Deadline()
	m.Header.Set(headerWithin, strconv.FormatInt(time.Until(deadline).Milliseconds(), 10))
	traceparent.Inject(ctx, m.Header)
	reply, err := b.Conn().RequestMsgWithContext(ctx, m)
	switch {
	// silence counts as nobody: a responder that hangs helps as little as one that is not there
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("ask %s: %w", kind, ErrNobody)
	case err != nil:
		return fmt.Errorf("ask %s: %w", kind, err)
	}
	if why := reply.Header.Get(headerRefused); why != "" {
		refused := fmt.Errorf("%w: %s", ErrRefused, why)
		if reply.Header.Get(headerMissing) != "" {
			refused = fmt.Errorf("%w: %w", bus.ErrNotFound, refused)
		}
		return fmt.Errorf("ask %s: %w", kind, refused)
	}
	if err := proto.Unmarshal(reply.Data, answer); err != nil {
		return fmt.Errorf("read the answer of %s: %w", kind, err)
	}
	return nil
}

// requestKind is what a subject's requests are about, for spans and errors: its first two parts, which name nobody.
func requestKind(subject string) string {
	parts := strings.SplitN(subject, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}
