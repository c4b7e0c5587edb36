package webhook

import (
	"net/http"
	"net/url"
	"sort"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// Call is one webhook call as it came. It is a value that nobody changes once it is made.
type Call struct {
	Network string
	Channel string
	// Method is the HTTP method, upper case.
	Method string
	// Suffix is what followed /webhooks/<network>/<channel> in the path, with its leading slash; "" for nothing.
	Suffix string
	// Query is the raw query, without its question mark.
	Query  string
	Header http.Header
	// Body is the body byte for byte: signatures are made over it.
	Body []byte
	// AcceptedAt is when ingress took the call; zero before it did.
	AcceptedAt time.Time
}

// Values parses the query; what cannot be parsed is left out.
func (c Call) Values() url.Values {
	v, _ := url.ParseQuery(c.Query)
	return v
}

// Proto is the call as it is stored.
func (c Call) Proto() *webhookv1.Call {
	p := &webhookv1.Call{
		Network: c.Network, Channel: c.Channel, Method: c.Method, Suffix: c.Suffix, Query: c.Query, Body: c.Body,
		AcceptedAt: timestamppb.New(c.AcceptedAt),
	}
	for name, values := range c.Header {
		p.Headers = append(p.Headers, &webhookv1.Header{Name: name, Values: values})
	}
	sort.Slice(p.Headers, func(i, j int) bool { return p.Headers[i].GetName() < p.Headers[j].GetName() })
	return p
}

// FromProto is the call that was stored.
func FromProto(p *webhookv1.Call) Call {
	c := Call{
		Network: p.GetNetwork(), Channel: p.GetChannel(), Method: p.GetMethod(), Suffix: p.GetSuffix(), Query: p.GetQuery(),
		Body: p.GetBody(), AcceptedAt: p.GetAcceptedAt().AsTime(), Header: make(http.Header, len(p.GetHeaders())),
	}
	for _, h := range p.GetHeaders() {
		c.Header[h.GetName()] = h.GetValues()
	}
	return c
}
