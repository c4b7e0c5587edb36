package declared

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
)

// wrongValue is a setting that nobody has: where it turns up, an error quotes.
const wrongValue = "Wr0ng-välue/../with?all#sorts"

// addresses are what an account may have in place of the stand-in's.
var addresses = strings.NewReplacer("<server>", "https://server.example", "<peer>", "server.example:4081")

// account holds for settings as people write them: what is missing is named, nothing is quoted, nothing panics.
func (t Trial) account(r stage.Reporter) {
	r.Helper()
	var right map[string]any
	if err := json.Unmarshal([]byte(addresses.Replace(string(t.Conversations[0].Account))), &right); err != nil {
		return // reported where it is played
	}
	for _, f := range t.Fields {
		if f.Required {
			without := maps.Clone(right)
			delete(without, f.Name)
			if !names(t.check(r, without), f.Name) {
				r.Errorf("an account without %s is not refused for it", f.Name)
			}
		}
		for _, value := range []any{nil, 17, true, []any{"a"}, map[string]any{"a": "b"}, "", " ", wrongValue, wrongValue + " \n"} {
			with := maps.Clone(right)
			with[f.Name] = value
			if errs := t.check(r, with); len(errs) == 0 {
				t.tryOpen(r, with)
			}
		}
	}
	for _, f := range t.Fields {
		for _, value := range f.Values {
			with := maps.Clone(right)
			with[f.Name] = value
			if names(t.check(r, with), f.Name) {
				r.Errorf("the account's field %s may have the value %s, as its tag values says, and it is refused", f.Name, value)
			}
		}
	}
	empty := t.check(r, map[string]any{})
	for _, f := range t.Fields {
		if f.Required && !names(empty, f.Name) {
			r.Errorf("an empty account is not refused for its missing %s", f.Name)
		}
	}
	right["n0thing"] = "x"
	if len(t.check(r, right)) == 0 {
		r.Errorf("an account with an unknown field is not refused")
	}
}

// check is CheckAccount; its errors name a field and hold no value.
func (t Trial) check(r stage.Reporter, account map[string]any) (errs []error) {
	r.Helper()
	raw, err := json.Marshal(account)
	if err != nil {
		r.Errorf("account: %v", err)
		return nil
	}
	if panicked := stage.Guard(func() { errs = t.Network.CheckAccount(raw) }); panicked != nil {
		r.Errorf("CheckAccount: %v, on %s", panicked, raw)
		return nil
	}
	for _, err := range errs {
		if strings.Contains(err.Error(), wrongValue) {
			r.Errorf("CheckAccount quotes what was set: %v", err)
		}
		for _, f := range t.Fields {
			if value, ok := account[f.Name].(string); ok && f.Secret && len(value) >= 5 && strings.Contains(err.Error(), value) {
				r.Errorf("CheckAccount: the error holds the secret %s", f.Name)
			}
		}
		field, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "account."), ":")
		if _, set := account[field]; !set && !slices.ContainsFunc(t.Fields, func(f provider.Field) bool { return f.Name == strings.Split(field, ".")[0] }) {
			r.Errorf("CheckAccount names no field: %v", err)
		}
	}
	return errs
}

// names says that one of the errors is about a field.
func names(errs []error, field string) bool {
	return slices.ContainsFunc(errs, func(err error) bool { return strings.HasPrefix(err.Error(), "account."+field+":") })
}

// tryOpen opens an account that was found in order.
func (t Trial) tryOpen(r stage.Reporter, account map[string]any) {
	r.Helper()
	client := sendertest.NewClient()
	defer client.Close()
	raw, err := json.Marshal(account)
	if err == nil {
		panicked := stage.Guard(func() { _, err = sendertest.OpenAt(t.Network, raw, sendertest.Host(t.Name, client)) })
		if panicked != nil {
			r.Errorf("Open: %v, on an account that CheckAccount finds in order", panicked)
		}
	}
	if err != nil && strings.Contains(fmt.Sprint(err), wrongValue) {
		r.Errorf("Open quotes what was set: %v", err)
	}
}
