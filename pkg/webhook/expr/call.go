package expr

import (
	"bytes"
	"mime"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// Call is one webhook call as it came. It is a value that nobody changes once it is made.
type Call struct {
	Network string
	Channel string
	// Method is the HTTP method, upper case; "" for what was heard where the network makes no calls.
	Method string
	// Suffix is what followed /webhooks/<network>/<channel> in the path, escaped as it came, with its leading slash; ""
	// for nothing.
	Suffix string
	// URL is the public URL that was called, query included: what some networks sign. It is not stored.
	URL string
	// Query is the raw query, without its question mark.
	Query  string
	Header http.Header
	// Body is the body byte for byte: signatures are made over it.
	Body []byte
	// AcceptedAt is when ingress took the call, or when it was heard: now, for whoever judges it.
	AcceptedAt time.Time
}

// Content is the body as it is read: without a byte order mark, which some programs put before UTF-8.
func (c Call) Content() []byte { return bytes.TrimPrefix(c.Body, []byte("\ufeff")) }

// IsForm says that the body is a form, by its type.
func (c Call) IsForm() bool { return c.MediaType() == "application/x-www-form-urlencoded" }

// MediaType is the body's type in small letters, without parameters; "" where it is not told, or told twice.
func (c Call) MediaType() string {
	bare, _, _ := strings.Cut(only(c.Header.Values("Content-Type")), ";")
	t, _, err := mime.ParseMediaType(bare)
	if err != nil {
		return ""
	}
	return t
}

// Compressed says that a body is compressed, or encoded in another way that nobody undoes, by its Content-Encoding.
func Compressed(header http.Header) bool {
	for _, value := range header.Values("Content-Encoding") {
		for one := range strings.SplitSeq(value, ",") {
			if one = strings.TrimSpace(one); one != "" && !strings.EqualFold(one, "identity") {
				return true
			}
		}
	}
	return false
}

// Values parses the query; what cannot be parsed is left out.
func (c Call) Values() url.Values {
	v, _ := url.ParseQuery(c.Query)
	return v
}

// Proto is the call as it is stored. What is no UTF-8 outside the body, such as a header in Latin-1, is marked as
// unreadable: it could not be stored otherwise.
func (c Call) Proto() *webhookv1.Call {
	p := &webhookv1.Call{
		Network: c.Network, Channel: c.Channel, Method: c.Method, Suffix: readable(c.Suffix), Query: readable(c.Query), Body: c.Body,
		AcceptedAt: timestamppb.New(c.AcceptedAt),
	}
	for name, values := range c.Header {
		h := &webhookv1.Header{Name: name}
		for _, value := range values {
			h.Values = append(h.Values, readable(value))
		}
		p.Headers = append(p.Headers, h)
	}
	sort.Slice(p.Headers, func(i, j int) bool { return p.Headers[i].GetName() < p.Headers[j].GetName() })
	return p
}

func readable(text string) string { return strings.ToValidUTF8(text, "\ufffd") }

// FromProto is the call that was stored, as decoders read it: without a byte order mark before its body.
func FromProto(p *webhookv1.Call) Call {
	c := Call{
		Network: p.GetNetwork(), Channel: p.GetChannel(), Method: p.GetMethod(), Suffix: p.GetSuffix(), Query: p.GetQuery(),
		Body: p.GetBody(), AcceptedAt: p.GetAcceptedAt().AsTime(), Header: make(http.Header, len(p.GetHeaders())),
	}
	for _, h := range p.GetHeaders() {
		c.Header[h.GetName()] = h.GetValues()
	}
	c.Body = c.Content()
	return c
}
