package auth

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"connectrpc.com/connect"
	"golang.org/x/time/rate"

	"github.com/bonychat/puente/pkg/recent"
)

// Bounds of what callers may do.
const (
	// wrongPace is how many wrong tokens of one address are answered with what is wrong in a second, after wrongAtOnce; the
	// others are told to come back. A right token passes whatever the count: behind a proxy many have one address.
	wrongPace, wrongAtOnce = 1.0, 10
	// atOnce is how many calls there are at once in all.
	atOnce = 128
	// bodyWithin is how long a request may take to arrive.
	bodyWithin = 15 * time.Second
	// takeWithin is how long the caller may take for one piece of an answer.
	takeWithin = 30 * time.Second
)

// Refusals takes note of calls that are refused at the door.
type Refusals interface {
	Refused(ctx context.Context, procedure string, code connect.Code)
}

// Door stands before the API: who comes in has a token whose role allows the procedure. It reads no body before. Its calls
// end when its context does.
type Door struct {
	tokens   *Tokens
	refusals Refusals
	next     http.Handler
	ends     context.Context
	tell     *connect.ErrorWriter
	origins  *http.CrossOriginProtection
	calls    chan struct{}

	mu    sync.Mutex
	wrong recent.Map[netip.Prefix, rate.Limiter]
}

// NewDoor stands before next until the context ends.
func NewDoor(ctx context.Context, tokens *Tokens, refusals Refusals, next http.Handler) *Door {
	return &Door{
		tokens: tokens, refusals: refusals, next: next, ends: ctx, tell: connect.NewErrorWriter(),
		origins: http.NewCrossOriginProtection(), calls: make(chan struct{}, atOnce),
	}
}

// ServeHTTP implements [http.Handler].
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	caller, address := Caller{From: "unknown"}, netip.Addr{}
	if end, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		address = end.Addr().Unmap().WithZone("")
		caller.From = address.String()
	}
	p, err := d.admit(r, &caller, address)
	if err != nil {
		d.Note(r, caller, err)
		d.refuse(w, r, err)
		return
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyWithin))
	r.Body = &body{ReadCloser: http.MaxBytesReader(w, r.Body, p.Most), read: func() { _ = control.SetReadDeadline(time.Time{}) }}
	d.let(&taken{w, control, r.ProtoMajor > 1}, r, p, caller)
}

// let lets a call in that was admitted.
func (d *Door) let(w http.ResponseWriter, r *http.Request, p Procedure, caller Caller) {
	select {
	case d.calls <- struct{}{}:
		defer func() { <-d.calls }()
	default:
		d.refuse(w, r, connect.NewError(connect.CodeResourceExhausted, errors.New("too many calls at once; try again later")))
		return
	}
	ctx := context.WithValue(With(r.Context(), caller), callKey{}, call{d.ends, p.Within})
	ctx, cancel := context.WithTimeout(ctx, p.Within)
	defer cancel()
	defer context.AfterFunc(d.ends, cancel)()
	d.next.ServeHTTP(w, r.WithContext(ctx))
}

// Note has a refusal taken note of. A procedure that does not exist is a stranger's word.
func (d *Door) Note(r *http.Request, caller Caller, err error) {
	procedure := ""
	if _, known := ProcedureOf(r.URL.Path); known {
		procedure = r.URL.Path
	}
	d.refusals.Refused(With(r.Context(), caller), procedure, connect.CodeOf(err))
}

// admit judges a call by its headers.
func (d *Door) admit(r *http.Request, c *Caller, address netip.Addr) (Procedure, error) {
	if err := d.SameSite(r); err != nil {
		return Procedure{}, err
	}
	known, err := d.Know(bearer(r), address)
	if err != nil {
		return Procedure{}, err
	}
	known.From = c.From
	*c = known
	p, ok := ProcedureOf(r.URL.Path)
	if !ok {
		return Procedure{}, connect.NewError(connect.CodeUnimplemented, errors.New("there is no such procedure"))
	}
	return p, c.require(p.Right)
}

// SameSite is an error where a browser says that another site's page makes the call, or where a call to a loopback address
// does not name it so.
func (d *Door) SameSite(r *http.Request) error {
	if err := d.origins.Check(r); err != nil || !hostFits(r) {
		return connect.NewError(connect.CodePermissionDenied, errors.New("calls from pages of other sites are refused"))
	}
	return nil
}

// Know is whose token this is. Wrong ones of one address are counted: see wrongPace.
func (d *Door) Know(token string, address netip.Addr) (Caller, error) {
	known, ok := d.tokens.Find(token)
	switch {
	case ok:
		return known, nil
	case d.over(origin(address)):
		return Caller{}, connect.NewError(connect.CodeResourceExhausted, errors.New("too many calls with a wrong token; try again later"))
	default:
		return Caller{}, connect.NewError(connect.CodeUnauthenticated, errors.New("a token of control.tokens is needed, as Authorization: Bearer TOKEN"))
	}
}

// bearer is the token that a call shows, "" for none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// hostFits says that a call to a loopback address names it so. A page of another site can have its own name lead here, and
// would then count as of the same origin.
func hostFits(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok || !local.IP.IsLoopback() {
		return true
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// over counts a wrong token of an address, and says that there were too many.
func (d *Door) over(address netip.Prefix) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.wrong.Of(address, func() *rate.Limiter { return rate.NewLimiter(wrongPace, wrongAtOnce) }).Allow()
}

// origin is whom wrong tokens count for: an IPv4 address, or the /64 that one IPv6 customer has whole.
func origin(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

// refuse answers in the protocol that the caller speaks. What it still sends is not read.
func (d *Door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if r.ProtoMajor == 1 {
		w.Header().Set("Connection", "close")
	}
	if d.tell.IsSupported(r) {
		_ = d.tell.Write(w, r, err)
		return
	}
	status := map[connect.Code]int{
		connect.CodeUnauthenticated: http.StatusUnauthorized, connect.CodePermissionDenied: http.StatusForbidden,
		connect.CodeResourceExhausted: http.StatusTooManyRequests, connect.CodeUnimplemented: http.StatusNotFound,
	}[connect.CodeOf(err)]
	http.Error(w, err.Error(), status)
}
