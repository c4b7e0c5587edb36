package channels

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// networks are those that a file may name, as this program knows them, else as their services have declared them: then an
// account is held against the names of its fields and what is required, and what else is wrong is seen when its service takes it.
func (s *Service) networks(ctx context.Context) (all []config.Network, err error) {
	if len(s.Networks) > 0 {
		return s.Networks, nil
	}
	names, err := kv.Open(s.Bus, topology.Networks).All(ctx)
	if err != nil {
		return nil, err
	}
	for name := range names {
		n, err := s.declared(ctx, name)
		if err != nil {
			return nil, err
		}
		if !n.platform {
			all = append(all, n.Network)
		}
	}
	if len(all) == 0 {
		return nil, connect.NewError(connect.CodeFailedPrecondition, errors.New("no network's service has run yet, so that nobody knows what an account holds"))
	}
	slices.SortFunc(all, func(a, b config.Network) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// declared is a network as its service has declared it.
type declared struct {
	config.Network
	platform bool
}

// declared is what a network's service has declared; nothing but the name where it has not.
func (s *Service) declared(ctx context.Context, network string) (n declared, err error) {
	var d struct {
		Doc       string          `json:"doc"`
		Webhook   *webhook.Policy `json:"webhook"`
		Abilities []string        `json:"abilities"`
		Platform  bool            `json:"platform"`
		Pages     struct {
			Webhook string `json:"webhook"`
		} `json:"pages"`
		Fields []struct {
			Name     string `json:"name"`
			Doc      string `json:"doc"`
			DocEs    string `json:"doc_es"`
			Secret   bool   `json:"secret"`
			Many     bool   `json:"many"`
			Required bool   `json:"required"`
			Label    string `json:"label"`
			LabelEs  string `json:"label_es"`
			Kind     string `json:"kind"`

			Values []string `json:"values"`
		} `json:"fields"`
	}
	if err := directory.Declaration(ctx, s.Bus, network, &d); err != nil && !errors.Is(err, directory.ErrUndeclared) {
		return n, err
	}
	n = declared{config.Network{
		Name: network, Doc: d.Doc, WebhookPage: d.Pages.Webhook, Called: d.Webhook != nil,
		Registers: slices.Contains(d.Abilities, "Setter"), Instructs: slices.Contains(d.Abilities, "Instructor"),
	}, d.Platform}
	for _, f := range d.Fields {
		n.Fields = append(n.Fields, config.Field{
			Name: f.Name, Doc: f.Doc, DocEs: f.DocEs, Secret: f.Secret, Many: f.Many, Required: f.Required,
			Label: f.Label, LabelEs: f.LabelEs, Kind: config.Kind(f.Kind), Values: f.Values,
		})
	}
	n.Check = wants(n.Fields)
	if d.Webhook != nil {
		n.Verifies, n.Seal = d.Webhook.Fields(), d.Webhook.Seal
	}
	return n, nil
}

// wants says which required fields an account has not.
func wants(fields []config.Field) func(json.RawMessage) []error {
	return func(account json.RawMessage) (errs []error) {
		var has map[string]json.RawMessage
		_ = json.Unmarshal(account, &has) // what is no object has none
		for _, f := range fields {
			if v := string(has[f.Name]); f.Required && (v == "" || v == `""` || v == "[]" || v == "null") {
				errs = append(errs, fmt.Errorf("account.%s: is required", f.Name))
			}
		}
		return errs
	}
}

// ListNetworks implements the API.
func (s *Service) ListNetworks(ctx context.Context, _ *connect.Request[controlv1.ListNetworksRequest]) (*connect.Response[controlv1.ListNetworksResponse], error) {
	all, err := s.networks(ctx)
	if err != nil {
		return nil, err
	}
	answer := &controlv1.ListNetworksResponse{PublicUrl: s.PublicURL, Source: s.Source, Writable: s.Adder != nil && s.Adder.Addable() == nil}
	for _, n := range all {
		one := &controlv1.Network{Name: n.Name, Doc: n.Doc, WebhookPage: n.WebhookPage, Registers: n.Registers, Instructs: n.Instructs, Called: n.Called}
		also := usual(n)
		for _, f := range n.Fields {
			one.Fields = append(one.Fields, &controlv1.AccountField{
				Name: f.Name, Doc: f.Doc, DocEs: f.DocEs, Secret: f.Secret, Required: f.Required, Usual: also[f.Name],
				Label: f.Label, LabelEs: f.LabelEs, Kind: string(f.Kind), Values: f.Values,
			})
		}
		answer.Networks = append(answer.Networks, one)
	}
	return connect.NewResponse(answer), nil
}

// usual are optional fields without which an account is refused that has all required ones.
func usual(n config.Network) map[string]bool {
	account := map[string]string{}
	for _, f := range n.Fields {
		if f.Required {
			account[f.Name] = "x"
			if len(f.Values) > 0 {
				account[f.Name] = f.Values[0]
			}
		}
	}
	raw, _ := json.Marshal(account) // strings can always be written
	also := map[string]bool{}
	for _, err := range n.Check(raw) {
		if field, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "account."), ":"); account[field] == "" {
			also[field] = true
		}
	}
	return also
}
