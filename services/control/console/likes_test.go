package console_test

import (
	"strings"
	"testing"
)

// What somebody likes is kept, and nothing else is taken for it.
func TestLanguageAndThemeAreRemembered(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	b.get("?lang=en")
	b.get("?theme=dark")
	if _, body, _ := b.get("c/tienda-twilio"); !strings.Contains(body, `<html lang="en" data-theme="dark"`) {
		t.Error(body[:200])
	}
	if _, body, _ := b.get("?lang=xx&theme=pink"); !strings.Contains(body, `<html lang="en" data-theme="dark"`) {
		t.Error(body[:200])
	}
}
