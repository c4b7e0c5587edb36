package auth

import (
	"context"
	"time"
)

// call is what the door knows of a call that it let in.
type call struct {
	ends   context.Context // the door's
	within time.Duration   // how long the procedure may take
}

type (
	callKey     struct{}
	outlivedKey struct{} // of the context that an act outlives
)

// longest is how long an act may take that came by no door.
const longest = 30 * time.Second

// Outlive is a context in which an act is done to its end. It has the values of ctx, and ends with the door and by the bound of
// the procedure; but not because the caller hung up, or has no more time: else what is half done would be given up in the
// middle, and written down as refused. cancel has to be called.
func Outlive(ctx context.Context) (outlives context.Context, cancel context.CancelFunc) {
	c, ok := ctx.Value(callKey{}).(call)
	if !ok {
		c = call{context.Background(), longest}
	}
	outlives, end := context.WithTimeout(context.WithValue(context.WithoutCancel(ctx), outlivedKey{}, ctx), c.within)
	stop := context.AfterFunc(c.ends, end)
	return outlives, func() {
		stop()
		end()
	}
}

// WhileCalled is for what an act does for its caller alone, such as waiting: it ends with ctx, and when the caller of an act that
// outlives it is gone. cancel has to be called.
func WhileCalled(ctx context.Context) (called context.Context, cancel context.CancelFunc) {
	called, end := context.WithCancel(ctx)
	caller, ok := ctx.Value(outlivedKey{}).(context.Context)
	if !ok {
		return called, end
	}
	stop := context.AfterFunc(caller, end)
	return called, func() {
		stop()
		end()
	}
}
