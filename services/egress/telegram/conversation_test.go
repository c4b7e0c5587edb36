package telegram_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"

	"github.com/bonychat/puente/services/egress/telegram"
	"github.com/bonychat/puente/services/egress/telegram/internal/oracle"
)

func TestConversations(t *testing.T) { providertest.Run(t, telegram.Network, "testdata") }

// Every call that a conversation expects is one that the vendor's description allows.
func TestExpectedCallsAreThoseOfTheBotAPI(t *testing.T) {
	requests, err := providertest.Requests("testdata")
	if err != nil {
		t.Fatal(err)
	}
	table := oracle.New()
	seen := map[string]bool{}
	for _, r := range requests {
		method, ok := strings.CutPrefix(r.Line, "POST /bot<token>/")
		if !ok {
			continue // a download
		}
		seen[method] = true
		params, err := oracle.Params([]byte(r.Body))
		if err == nil && slices.Contains(r.Header, "Content-Type: multipart/form-data") {
			params, err = form(table, method, params)
		}
		if err == nil {
			err = table.Check(method, params)
		}
		if err != nil {
			t.Errorf("%s: %s: %v\n%s", r.File, method, err, r.Body)
		}
	}
	for method := range table.Methods {
		if !seen[method] {
			t.Errorf("no conversation calls %s", method)
		}
	}
}

// form reads a form as the kit shows it: texts, and files as objects.
func form(table *oracle.Table, method string, shown map[string]any) (map[string]any, error) {
	fields := map[string]string{}
	var files []string
	for name, v := range shown {
		if text, ok := v.(string); ok {
			fields[name] = text
			continue
		}
		files = append(files, name)
	}
	return table.FormParams(method, fields, files)
}
