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

// Call is one webhook call as it came. It must not be changed once it is made; then it is safe for concurrent use.
type Call struct {
	Network string
	Channel string
	// Method is the HTTP method in upper case; "" if the network makes no calls and this was received by polling or over a connection.
	Method string
	// Suffix is the rest of the path behind /webhooks/<network>/<channel>, escaped as it came, with its leading slash; "" if there is
	// none.
	Suffix string
	// URL is the public URL that was called, with its query, because some networks sign it. It is not stored.
	URL string
	// Query is the raw query, without its question mark.
	Query  string
	Header http.Header
	// Body is the body byte for byte: signatures are made over it.
	Body []byte
	// AcceptedAt is when the call came. Checks of its age take it for now.
	AcceptedAt time.Time
}

// Content is the body without a byte order mark, which some programs put before UTF-8.
func (c Call) Content() []byte { return bytes.TrimPrefix(c.Body, []byte("\ufeff")) }

// IsForm is true if the body's type says that it is a form.
func (c Call) IsForm() bool { return c.MediaType() == "application/x-www-form-urlencoded" }

// MediaType is the body's type in lower case, without parameters; "" if the Content-Type is missing, or there twice.
func (c Call) MediaType() string {
	bare, _, _ := strings.Cut(only(c.Header.Values("Content-Type")), ";")
	t, _, err := mime.ParseMediaType(bare)
	if err != nil {
		return ""
	}
	return t
}

// Compressed is true if Content-Encoding says that the body is compressed, or encoded in another way. Nothing here decodes such a body.
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

// Values parses the query. Parameters that cannot be parsed are left out.
func (c Call) Values() url.Values {
	v, _ := url.ParseQuery(c.Query)
	return v
}

// Proto is the call as it is stored. A text outside the body that is not valid UTF-8, such as a header in Latin-1, is replaced by a mark,
// because protobuf cannot store it.
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

// FromProto is the stored call as decoders read it: without a byte order mark before its body.
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
