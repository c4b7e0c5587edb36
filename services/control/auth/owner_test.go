package auth

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/secret"
)

// The token of the machine's owner is made once, and again where others could have read it.
func TestTheOwnersToken(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "control.token")
	made := func() string {
		t.Helper()
		token, err := Owner(path)
		if err != nil || len(token.Token.Reveal()) != 64 || token.Name != "owner" {
			t.Fatalf("%v, %v", token, err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%v, %v", info, err)
		}
		return token.Token.Reveal()
	}
	first := made()
	if again := made(); again != first {
		t.Error("another one was made")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if again := made(); again == first {
		t.Error("one that others could read is taken")
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := made()
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Rename(path, elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, path); err != nil {
		t.Fatal(err)
	}
	if again := made(); again == second {
		t.Error("one behind a link is taken")
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	if _, err := Owner(filepath.Join(elsewhere, "control.token")); err == nil {
		t.Error("a file is no folder")
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	may := func(role operators.Role, right Right) bool { return rights[role]&right == right }
	for _, tc := range []struct {
		role                 operators.Role
		read, write, content bool
	}{
		{operators.Read, true, false, false}, {operators.Write, true, true, false}, {operators.Content, true, false, true},
		{roleOwner, true, true, true}, {"", false, false, false}, {"admin", false, false, false},
	} {
		if may(tc.role, Read) != tc.read || may(tc.role, Write) != tc.write || may(tc.role, Content) != tc.content {
			t.Errorf("%q: %03b", tc.role, rights[tc.role])
		}
	}
}

func TestATokenIsNotShown(t *testing.T) {
	t.Parallel()
	tokens := &Tokens{}
	if _, ok := tokens.Find(""); ok {
		t.Error("nobody is somebody")
	}
	tokens.Set([]operators.Token{{Name: "a", Role: operators.Read, Token: secret.Hide("secret")}})
	if _, ok := tokens.Find(""); ok {
		t.Error("nobody is somebody")
	}
	if c, ok := tokens.Find("secret"); !ok || c.Name != "a" {
		t.Errorf("%v", c)
	}
	if got := tokens.String(); got != "1 tokens" {
		t.Error(got)
	}
}
