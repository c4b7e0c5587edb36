// Package auth says who calls the control API and what they may do: tokens, roles, and the role that each procedure needs.
package auth

import (
	"context"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/config/operators"
)

// Right is one thing that a caller may do, or several together.
type Right uint8

// The rights. Content does not follow from Write: who repairs channels need not read what people write.
const (
	Read    Right = 1 << iota // see how everything stands, without content
	Write                     // change something
	Content                   // see what people wrote, and who they are
)

// rights are those of the roles.
var rights = map[operators.Role]Right{
	operators.Read:    Read,
	operators.Write:   Read | Write,
	operators.Content: Read | Content,
	roleOwner:         Read | Write | Content,
}

// roleOwner is the role of the token that the all-in-one makes by itself: whoever can read it owns the machine's data.
const roleOwner operators.Role = "owner"

// needs is the role that a right comes with, for errors.
func (r Right) needs() string {
	switch {
	case r&Content != 0:
		return string(operators.Content)
	case r&Write != 0:
		return string(operators.Write)
	default:
		return string(operators.Read)
	}
}

// Caller is who makes a call.
type Caller struct {
	// Name is that of the token, Role its role; both are "" where no token is known.
	Name, Role string
	// From is the address of the other end.
	From string

	rights Right
}

// May says that the caller has this right.
func (c Caller) May(right Right) bool { return c.rights&right == right }

// Known is whom somebody else than a token vouches for. The name of the role is that of all of them: "write+content".
func Known(name string, roles ...operators.Role) Caller {
	c := Caller{Name: name}
	for _, role := range roles {
		c.rights |= rights[role]
		if c.Role != "" {
			c.Role += "+"
		}
		c.Role += string(role)
	}
	return c
}

type callerKey struct{}

// With is a context of a caller's call.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// From is who makes the call of a context; the zero value, which may do nothing, outside of one.
func From(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// Require is an error of [connect.CodePermissionDenied] where the caller has not this right.
func Require(ctx context.Context, right Right) error { return From(ctx).require(right) }

func (c Caller) require(right Right) error {
	if c.rights&right == right {
		return nil
	}
	return connect.NewError(connect.CodePermissionDenied, denied{right, c})
}

// denied says what is missing.
type denied struct {
	right  Right
	caller Caller
}

func (d denied) Error() string {
	return d.caller.Name + " has the role " + d.caller.Role + ": this needs " + d.right.needs()
}
