package refused

import (
	"net/http"
	"regexp"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/webhook/blank"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// Bounds of a call that is looked at, in bytes and names.
const (
	mostBody      = 4 << 10
	mostStructure = 4 << 10
	mostHeaders   = 40
)

// Call is a call that was refused.
type Call struct {
	Method string
	Header http.Header
	// Body is what was read of it, nil for nothing. It is not changed, and not kept.
	Body []byte
}

// headerName is what a header is called that a program sends.
var headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,47}$`)

var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace}

// blank is the call without any of its values.
func (c Call) blank(now time.Time) *livev1.RefusedCall {
	out := &livev1.RefusedCall{Time: timestamppb.New(now), Method: "other", Size: uint64(len(c.Body))}
	if slices.Contains(methods, c.Method) {
		out.Method = c.Method
	}
	for name := range c.Header {
		if len(out.Headers) < mostHeaders && headerName.MatchString(name) && blank.Name(name) == name {
			out.Headers = append(out.Headers, name)
		}
	}
	slices.Sort(out.Headers)
	if len(c.Body) > 0 && len(c.Body) <= mostBody {
		if s := blank.Body(c.Body); len(s) <= mostStructure {
			out.Structure = string(s)
		}
	}
	return out
}
