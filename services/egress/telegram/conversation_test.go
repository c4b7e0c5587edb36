package telegram_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"

	"github.com/bonychat/puente/services/egress/telegram"
	"github.com/bonychat/puente/services/egress/telegram/internal/oracle"
)

func TestConversations(t *testing.T) {
	providertest.Kit{Dir: "testdata", Oracle: botAPI{oracle.New()}}.Run(t, telegram.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, telegram.Network, "testdata") }

// botAPI judges requests by the vendor's description of the Bot API.
type botAPI struct{ *oracle.Table }

func (b botAPI) Operations() []string { return slices.Sorted(maps.Keys(b.Methods)) }

func (b botAPI) Check(r conversation.Request) (string, error) {
	method, ok := strings.CutPrefix(r.Line, "POST /bot<token>/")
	if !ok {
		if strings.HasPrefix(r.Line, "GET /") {
			return "", nil // a download
		}
		return "", errors.New("is no method of the Bot API")
	}
	params, err := oracle.Params([]byte(r.Body))
	if err == nil && slices.Contains(r.Header, "Content-Type: multipart/form-data") {
		params, err = form(b.Table, method, params)
	}
	if err == nil {
		err = b.Table.Check(method, params)
	}
	return method, err
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
