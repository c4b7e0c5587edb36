package clicksend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/provider/outcome"
)

// What a rule does: https://developers.clicksend.com/docs/automations/sms
const (
	actionURL  = "URL"
	actionPoll = "POLL"
	// pollAddress is the action_address of a rule that needs none: it is a required field.
	pollAddress = "poll"
	anyNumber   = "*"
)

// rulebook is one of ClickSend's two lists of rules: what becomes of messages that come in, and of receipts.
type rulebook struct{ name, path string }

var (
	inboundRules = rulebook{"inbound rules", "/v3/automations/sms/inbound"}
	receiptRules = rulebook{"receipt rules", "/v3/automations/sms/receipts"}
)

// rule is an element of either list. Lists name the id of an inbound rule differently than single answers do.
type rule struct {
	InboundID integer `json:"inbound_rule_id"`
	ListedID  integer `json:"sms_inbound_rule_id"`
	ReceiptID integer `json:"receipt_rule_id"`
	Number    string  `json:"dedicated_number"`
	Name      string  `json:"rule_name"`
	Search    integer `json:"message_search_type"`
	Match     integer `json:"match_type"`
	Action    string  `json:"action"`
	Address   string  `json:"action_address"`
	Enabled   integer `json:"enabled"`
}

func (r rule) id() integer { return max(r.InboundID, r.ListedID, r.ReceiptID) }

// rules are what this channel needs of both lists.
type rules struct {
	sender  *sender
	webhook string // the channel's address
	action  string
	address string
}

func (s *sender) pollRules(ctx context.Context) error {
	return rules{s, s.webhook, actionPoll, pollAddress}.apply(ctx)
}

func (s *sender) urlRules(ctx context.Context, webhookURL string) error {
	address := webhookURL + "?" + tokenParameter + "=" + s.account.WebhookToken.First()
	return rules{s, webhookURL, actionURL, address}.apply(ctx)
}

func (w rules) apply(ctx context.Context) error {
	for _, book := range []rulebook{inboundRules, receiptRules} {
		if err := w.ensure(ctx, book); err != nil {
			return err
		}
	}
	return nil
}

// ensure makes a list hold one rule that does what this channel needs, and none of this channel's that does something
// else: an address with an old token, the other mode. Rules of others stay as they are, and where all is well nothing
// is changed.
func (w rules) ensure(ctx context.Context, book rulebook) error {
	all, err := w.list(ctx, book)
	if err != nil {
		return err
	}
	found := false
	var wrong, off []rule
	for _, r := range all {
		switch {
		case w.does(book, r) && !found:
			found = true
		case w.owns(r) && r.Enabled != 0:
			wrong = append(wrong, r)
		case w.owns(r):
			off = append(off, r)
		}
	}
	if !found && len(wrong) == 0 && len(off) > 0 {
		wrong = off[:1]
	}
	if !found && len(wrong) == 0 {
		return w.write(ctx, book, "adding one of the ", http.MethodPost, book.path, w.wanted(book))
	}
	for _, r := range wrong {
		body := w.wanted(book)
		if found {
			body["enabled"] = 0
		}
		if err := w.write(ctx, book, "changing one of the ", http.MethodPut, fmt.Sprintf("%s/%d", book.path, r.id()), body); err != nil {
			return err
		}
		found = true
	}
	return nil
}

// does says whether a rule does what is needed, whoever made it and whichever of the three forms it pushes in.
func (w rules) does(book rulebook, r rule) bool {
	switch {
	case r.Enabled == 0, r.Action != w.action, w.action == actionURL && r.Address != w.address:
		return false
	case book == receiptRules:
		return r.Match == 0
	default:
		return r.Search == 0 && (r.Number == anyNumber || digits(r.Number) == digits(w.sender.number()))
	}
}

// owns says whether a rule is this channel's, with whatever token.
func (w rules) owns(r rule) bool {
	rest, ok := strings.CutPrefix(r.Address, w.webhook)
	return r.Name == w.name() || ok && (rest == "" || rest[0] == '?')
}

// name is what the dashboard shows: that of the channel.
func (w rules) name() string { return "Puente " + w.webhook[strings.LastIndex(w.webhook, "/")+1:] }

func (w rules) wanted(book rulebook) map[string]any {
	body := map[string]any{"rule_name": w.name(), "action": w.action, "action_address": w.address, "enabled": 1}
	if book == receiptRules {
		body["match_type"] = 0 // all receipts
		return body
	}
	maps.Copy(body, map[string]any{"dedicated_number": w.sender.number(), "message_search_type": 0, "message_search_term": ""})
	if w.action == actionURL {
		body["webhook_type"] = "post"
	}
	return body
}

func (w rules) write(ctx context.Context, book rulebook, doing, method, path string, body map[string]any) error {
	_, err := w.sender.ask(ctx, doing+book.name, method, path, body)
	return err
}

// maxRulePages bounds how many rules are looked through, a hundred a page.
const maxRulePages = 20

func (w rules) list(ctx context.Context, book rulebook) (all []rule, err error) {
	doing := "listing the " + book.name
	for n := 1; n <= maxRulePages; n++ {
		data, err := w.sender.ask(ctx, doing, http.MethodGet, fmt.Sprintf("%s?page=%d&limit=%d", book.path, n, pageSize), nil)
		if err != nil {
			return nil, err
		}
		p, err := readPage(doing, data)
		if err != nil {
			return nil, err
		}
		for _, raw := range p.Data {
			var r rule
			if json.Unmarshal(raw, &r) != nil || r.id() == 0 {
				return nil, outcome.Temporary(unreadableAnswer, errors.New(doing+": a rule cannot be read"))
			}
			all = append(all, r)
		}
		if n >= int(p.Last) {
			return all, nil
		}
	}
	return nil, outcome.Reject(tooManyRules, errors.New(doing+": too many pages"))
}

// number is the number that messages come to, "*" for any: an alpha tag has none.
func (s *sender) number() string {
	if number.MatchString(s.account.From) {
		return s.account.From
	}
	return anyNumber
}

// digits is a number without its plus.
func digits(number string) string { return strings.TrimPrefix(number, "+") }
