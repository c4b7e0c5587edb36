package clicksendtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// Rule is what becomes of messages that come in, or of receipts: https://developers.clicksend.com/docs/automations/sms
type Rule struct {
	ID      int
	Name    string
	Number  string // "*" for any; "" for receipts
	Action  string
	Address string
	// Form is post, get or json; "" is post.
	Form    string
	Enabled bool
	fields  map[string]any
}

// book is a list of rules.
type book struct {
	id    string // the name of its ids
	rules []*Rule
}

func (s *Server) bookOf(address string) *book {
	if strings.HasPrefix(address, "/v3/automations/sms/inbound") {
		return s.inbound
	}
	return s.receipts
}

func (s *Server) rules(r *http.Request, body []byte) answer {
	b := s.bookOf(r.URL.Path)
	var fields map[string]any
	_ = json.Unmarshal(body, &fields) // it was judged
	switch r.Method {
	case http.MethodGet:
		var rows []Push
		for _, rule := range b.rules {
			rows = append(rows, rule.row(b))
		}
		return list(rows, r.URL.Query())
	case http.MethodPost:
		rule := &Rule{ID: len(b.rules) + 1}
		b.rules = append(b.rules, rule)
		rule.change(fields)
		return done(rule.row(b))
	default:
		n, _ := strconv.Atoi(path.Base(r.URL.Path))
		if n < 1 || n > len(b.rules) {
			return failed(http.StatusNotFound, "NOT_FOUND")
		}
		b.rules[n-1].change(fields)
		return done(b.rules[n-1].row(b))
	}
}

func (r *Rule) change(fields map[string]any) {
	text := func(name string) string { s, _ := fields[name].(string); return s }
	r.fields = fields
	r.Name, r.Number, r.Action, r.Address, r.Form = text("rule_name"), text("dedicated_number"), text("action"), text("action_address"), text("webhook_type")
	r.Enabled = fields["enabled"] == float64(1)
}

func (r *Rule) row(b *book) Push {
	row := Push{b.id: r.ID}
	maps.Copy(row, r.fields)
	delete(row, "webhook_type") // is not told
	return row
}

// InboundRules and ReceiptRules are the rules that were made.
func (s *Server) InboundRules() []Rule { return s.list(s.inbound) }

// ReceiptRules is like InboundRules.
func (s *Server) ReceiptRules() []Rule { return s.list(s.receipts) }

func (s *Server) list(b *book) (all []Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range b.rules {
		all = append(all, *r)
	}
	return all
}

// AddRules makes both rules push to an address, as a person does in the dashboard; form is post, get or json.
func (s *Server) AddRules(address, form string) error {
	if _, err := url.Parse(address); err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range []*book{s.inbound, s.receipts} {
		rule := &Rule{ID: len(b.rules) + 1}
		rule.change(map[string]any{
			"rule_name": "by hand", "dedicated_number": "*", "message_search_type": 0.0, "match_type": 0.0, "action": "URL",
			"action_address": address, "webhook_type": form, "enabled": 1.0,
		})
		b.rules = append(b.rules, rule)
	}
	return nil
}
