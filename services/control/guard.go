package control

import (
	"context"
	"errors"

	"buf.build/go/protovalidate"
	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/services/control/audit"
	"github.com/bonychat/puente/services/control/auth"
)

// guard stands around every procedure: it checks the request against its bounds, has acts written to the audit before they
// are done, and gives errors their codes.
type guard struct {
	bounds protovalidate.Validator
	audit  *audit.Log
}

// WrapUnary implements [connect.Interceptor]. An act is done to its end, whether its caller is still there or not.
func (g *guard) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, r connect.AnyRequest) (answer connect.AnyResponse, err error) {
		end, err := g.begin(ctx, r.Spec().Procedure, r.Any())
		if err != nil {
			return nil, err
		}
		if end == nil {
			answer, err = next(ctx, r)
			return answer, coded(ctx, err)
		}
		ctx, cancel := auth.Outlive(ctx)
		defer cancel()
		answer, err = next(ctx, r)
		if err = coded(ctx, err); err != nil {
			end("", false, err)
			return nil, err
		}
		end(came(answer.Any()), notDone(r.Any(), answer.Any()), nil)
		return answer, nil
	}
}

// WrapStreamingClient implements [connect.Interceptor].
func (g *guard) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// WrapStreamingHandler implements [connect.Interceptor]. An act is done to its end, as in WrapUnary.
func (g *guard) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, c connect.StreamingHandlerConn) (err error) {
		guarded := &guardedConn{StreamingHandlerConn: c, ctx: ctx, guard: g}
		if p, known := auth.ProcedureOf(c.Spec().Procedure); !known || p.Right == auth.Read {
			return coded(ctx, next(ctx, guarded))
		}
		outlives, cancel := auth.Outlive(ctx)
		defer cancel()
		err = coded(outlives, next(outlives, guarded))
		if guarded.end != nil {
			guarded.end(words(guarded.reason, came(guarded.last)), err == nil && notDone(guarded.request, guarded.last), err)
		}
		if err == nil {
			err = guarded.hungUp
		}
		return err
	}
}

// guardedConn judges the request of a stream when it is read. Every stream of the API has one request, and an answer that sums up
// at its end where it acts.
type guardedConn struct {
	connect.StreamingHandlerConn
	ctx     context.Context
	guard   *guard
	request any
	// end is what is to be called with what came of an act; nil where the request is none. last is what was answered last, and
	// hungUp that it did not get to the caller of the act, who is gone then: nothing more is sent.
	end  func(came string, notDone bool, err error)
	last any
	// reason is the code that a replay was chosen by, as soon as something with it was told: what was typed is a code of ours then.
	reason string
	hungUp error
}

func (c *guardedConn) Receive(m any) (err error) {
	if err := c.StreamingHandlerConn.Receive(m); err != nil {
		return err
	}
	c.request = m
	c.end, err = c.guard.begin(c.ctx, c.Spec().Procedure, m)
	return err
}

func (c *guardedConn) Send(m any) error {
	if c.end == nil {
		return c.StreamingHandlerConn.Send(m)
	}
	if code := codeIn(c.request, m); code != "" {
		c.reason = "reason " + code
	}
	if c.last = m; c.hungUp == nil {
		c.hungUp = c.StreamingHandlerConn.Send(m)
	}
	return nil
}

// begin judges a request. end is what is to be called with what came of it; nil where it changes nothing and shows no content.
func (g *guard) begin(ctx context.Context, procedure string, request any) (end func(came string, notDone bool, err error), err error) {
	m, ok := request.(proto.Message)
	p, known := auth.ProcedureOf(procedure)
	if !ok || !known {
		return nil, nil // reflection
	}
	right := p.Right | rightOf(m)
	defer func() {
		if err != nil && right != auth.Read && connect.CodeOf(err) != connect.CodeUnavailable {
			g.audit.Refused(ctx, procedure, connect.CodeOf(err))
		}
	}()
	if err := auth.Require(ctx, right); err != nil {
		return nil, err
	}
	if err := g.check(m); err != nil {
		return nil, err
	}
	if right == auth.Read {
		return nil, nil
	}
	act := actOf(m)
	act.Procedure = procedure
	return g.audit.Begin(ctx, act)
}

// check holds a request against the bounds that its fields have. The error names each field that is wrong, with its bound.
func (g *guard) check(m proto.Message) error {
	err := g.bounds.Validate(m)
	if err == nil {
		return nil
	}
	wrong, ok := errors.AsType[*protovalidate.ValidationError](err)
	if !ok {
		return connect.NewError(connect.CodeInternal, err)
	}
	refused := connect.NewError(connect.CodeInvalidArgument, wrong)
	fields := &errdetails.BadRequest{}
	for _, v := range wrong.Violations {
		fields.FieldViolations = append(fields.FieldViolations, &errdetails.BadRequest_FieldViolation{
			Field: protovalidate.FieldPathString(v.Proto.GetField()), Description: v.Proto.GetMessage(), Reason: v.Proto.GetRuleId(),
		})
	}
	for _, detail := range []proto.Message{wrong.ToProto(), fields} {
		if d, err := connect.NewErrorDetail(detail); err == nil {
			refused.AddDetail(d)
		}
	}
	return refused
}

// coded gives an error its code, where it has none.
func coded(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*connect.Error](err); ok {
		return err
	}
	code := connect.CodeUnavailable // the broker's, as a rule: it passes
	switch {
	case errors.Is(err, bus.ErrNotFound):
		code = connect.CodeNotFound
	case errors.Is(err, bus.ErrName):
		code = connect.CodeInvalidArgument
	case errors.Is(err, bus.ErrConflict), errors.Is(err, bus.ErrExists):
		code = connect.CodeAborted
	case errors.Is(err, bus.ErrNoRoom), errors.Is(err, bus.ErrFull), errors.Is(err, bus.ErrTooLarge):
		code = connect.CodeResourceExhausted
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		code = connect.CodeDeadlineExceeded
	case ctx.Err() != nil:
		code = connect.CodeCanceled
	}
	return connect.NewError(code, err)
}
