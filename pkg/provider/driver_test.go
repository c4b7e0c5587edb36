package provider_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

const token = "t0p-s3cret-t0ken"

type settings struct {
	Token   provider.Secret  `json:"token" doc:"the bot's token"`
	Name    string           `json:"name"`
	Retries int              `json:"retries,omitempty"`
	Extra   provider.Secret  `json:"extra,omitzero"`
	Signing provider.Secrets `json:"signing,omitzero"`
	API     string           `json:"api,omitempty"`
	Cached  string           `json:"-"`
	unknown string
}

func (s settings) Validate() error {
	var errs []error
	if strings.HasPrefix(s.API, "ftp") {
		errs = append(errs, errors.New("api: must be http or https"))
	}
	if s.Name == "nobody" {
		errs = append(errs, errors.New("name: must be somebody"))
	}
	return errors.Join(errs...)
}

var described = provider.Network[settings]{
	Name: "toy", Doc: "https://example.com/docs", Abilities: provider.Abilities{Validator: settings{}},
}

func TestCheckAccount(t *testing.T) {
	t.Parallel()
	const fields = "token, name, retries, extra, signing, api"
	for _, test := range []struct {
		name, account string
		want          []string
	}{
		{"all that is required", `{"token": "` + token + `", "name": "n"}`, nil},
		{"everything", `{"token": "` + token + `", "name": "n", "retries": 3, "extra": "e", "api": "https://x"}`, nil},
		{"nothing", `{}`, []string{"account.token: is required", "account.name: is required"}},
		{"null", `null`, []string{"account.token: is required", "account.name: is required"}},
		{"null for a credential", `{"token": null, "name": null}`, []string{"account.token: is required", "account.name: is required"}},
		{"an empty credential", `{"token": "", "name": "n"}`, []string{"account.token: is required"}},
		{"null for what is not required", `{"token": "t", "name": "n", "api": null, "extra": null}`, nil},
		{"a credential with a line break", `{"token": "` + token + `\n", "name": "n"}`, []string{"account.token: must hold no space or line break"}},
		{"an optional credential with a space", `{"token": "t", "name": "n", "extra": "` + token + ` 2"}`, []string{"account.extra: must hold no space or line break"}},
		{"a name with a space", `{"token": "t", "name": "n n"}`, nil},
		{"unknown fields", `{"token": "t", "name": "n", "tokem": "` + token + `", "Token": "x", "Cached": "x"}`, []string{
			"account.Cached: unknown field; toy has " + fields, "account.Token: unknown field; toy has " + fields, "account.tokem: unknown field; toy has " + fields,
		}},
		{"a number for a credential", `{"token": 4711, "name": "n"}`, []string{"account.token: must be string"}},
		{"a text for a number", `{"token": "t", "name": "n", "retries": "` + token + `"}`, []string{"account.retries: must be int"}},
		{"several mistakes of the account's own", `{"token": "t", "name": "nobody", "api": "ftp://` + token + `"}`, []string{
			"account.api: must be http or https", "account.name: must be somebody",
		}},
		{"mistakes of both sorts", `{"name": "nobody", "api": "ftp://x"}`, []string{
			"account.token: is required", "account.api: must be http or https", "account.name: must be somebody",
		}},
		{"one of what may be many", `{"token": "t", "name": "n", "signing": "` + token + `"}`, nil},
		{"several", `{"token": "t", "name": "n", "signing": ["` + token + `", "old"]}`, nil},
		{"none of several", `{"token": "t", "name": "n", "signing": []}`, nil},
		{"an empty one of several", `{"token": "t", "name": "n", "signing": ["` + token + `", ""]}`, []string{"account.signing: must hold no empty one"}},
		{"a second with a space", `{"token": "t", "name": "n", "signing": ["x", "` + token + ` "]}`, []string{"account.signing: must hold no space or line break"}},
		{"a number among several", `{"token": "t", "name": "n", "signing": ["` + token + `", 1]}`, []string{"account.signing: must be a string or a list of strings"}},
		{"a number for what may be many", `{"token": "t", "name": "n", "signing": 4711}`, []string{"account.signing: must be a string or a list of strings"}},
		{"several of what is one", `{"token": ["` + token + `"], "name": "n"}`, []string{"account.token: must be string"}},
		{"a list", `["` + token + `"]`, []string{"account: must be an object"}},
		{"no JSON", token, []string{"account: must be an object"}},
		{"nothing at all", ``, []string{"account: must be an object"}},
	} {
		var got []string
		for _, err := range described.CheckAccount(json.RawMessage(test.account)) {
			got = append(got, err.Error())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if strings.Contains(strings.Join(got, ""), token) {
			t.Errorf("%s: a value is told", test.name)
		}
	}
}

func TestADescriptionHasDefaultsAndTheAccountsFields(t *testing.T) {
	t.Parallel()
	want := provider.Description{
		Name: "toy", Doc: "https://example.com/docs", Validity: 24 * time.Hour, SendTimeout: 30 * time.Second, Concurrency: 64,
		Abilities: []string{"Validator"},
		Fields: []provider.Field{
			{Name: "token", Doc: "the bot's token", Secret: true, Required: true}, {Name: "name", Required: true}, {Name: "retries", Kind: "number"},
			{Name: "extra", Secret: true}, {Name: "signing", Secret: true, Many: true}, {Name: "api"},
		},
	}
	if diff := cmp.Diff(want, described.Describe()); diff != "" {
		t.Error(diff)
	}
}

func TestADescriptionTravelsAsJSON(t *testing.T) {
	t.Parallel()
	n := described
	const page = "https://example.com/docs"
	n.Carries = provider.Carries{
		Text: provider.Limit{Max: 4096, Unit: provider.GSM7, Page: page}, Caption: provider.Limit{Max: 1, Page: page}, Image: page,
		Buttons: provider.Limit{Max: 3, Page: page}, ButtonText: provider.Limit{Max: 20, Page: page},
	}
	n.Confirms = provider.Confirms{Receipts: page, OwnID: page, IdempotencyKey: page}
	n.Rates = provider.Rates{Account: provider.PerSecond(30, page), Contact: provider.Rate{Sends: 1, Per: time.Minute, Burst: 3, Page: page}}
	n.Pages = provider.Pages{Webhook: page}
	n.Validity, n.SendTimeout, n.Concurrency = time.Hour, time.Second, 3
	n.Abilities.Validator = settings{}
	n.Webhook = &webhook.Policy{
		Verify: proof.Token{Header: "X-Token", Secret: "token"}, Methods: []string{"POST", "PUT"}, MaxBody: 4096, Dedupe: expr.JSON("update.id"),
		Accepted: webhook.Answer{Status: 202, ContentType: "application/json", Body: "{}"},
		Refused:  map[webhook.Cause]webhook.Answer{webhook.Forged: {Status: 403, Body: "no"}},
	}
	for name, want := range map[string]provider.Description{"with a policy": n.Describe(), "without": described.Describe()} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got provider.Description
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAPolicyThatCannotBeGuardedIsRefusedWithItsDescription(t *testing.T) {
	t.Parallel()
	var d provider.Description
	err := json.Unmarshal([]byte(`{"name": "toy", "webhook": {"verify": {"sorcery": {}}}}`), &d)
	if err == nil || !strings.Contains(err.Error(), "webhook policy") {
		t.Errorf("%v", err)
	}
}
