package operate_test

import (
	"errors"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
	"github.com/bonychat/puente/services/puente/render"
)

// What kept a bridge from answering decides how the command ends; what is no answer of a bridge stays as it is.
func TestHowACommandEndsThatWasNotAnswered(t *testing.T) {
	t.Parallel()
	o := operate.Operator{Client: api.NewClient(api.Place{URL: "http://bridge"}), Output: render.Output{Words: render.In(render.English), Now: operatetest.Now}}
	for code, want := range map[connect.Code]int{
		connect.CodeUnauthenticated: exit.Failed, connect.CodePermissionDenied: exit.Failed, connect.CodeUnavailable: exit.Failed, connect.CodeDeadlineExceeded: exit.Failed,
		connect.CodeUnimplemented: exit.Failed, connect.CodeInternal: exit.Failed, connect.CodeNotFound: exit.NotFound, connect.CodeInvalidArgument: exit.Usage,
	} {
		e, ok := errors.AsType[*exit.Error](o.Failed(connect.NewError(code, errors.New("because"))))
		if !ok || e.Status != want || e.Text == "" {
			t.Errorf("%s: %+v, want status %d", code, e, want)
		}
	}
	if plain := errors.New("no file"); o.Failed(plain) != plain {
		t.Errorf("%v", o.Failed(plain))
	}
	for n, ids := range [][]string{nil, {"b"}, {"b", "a"}} {
		e, ok := errors.AsType[*exit.Error](o.NoChannel("x", ids))
		if !ok || e.Status != exit.NotFound || !strings.HasSuffix(e.Text, []string{"none at all", "b", "a, b"}[n]) {
			t.Errorf("%v: %v", ids, e)
		}
	}
}
