#!/usr/bin/env bash
# Brings what pages use of other projects from the npm registry, in exact versions, with their licences: icons of lucide-static,
# put together in icons.svg, and uPlot. Nothing of it is needed to build; run it to change a version or to add an icon, and
# commit what it writes. It needs npm, tar and sha512sum.
set -euo pipefail
cd "$(dirname "$0")"

lucide=1.62.0
lucide_sum=581640fe6d8fbe41693061c3b6c05c9393f603d1b87a12e562ee06c30202726126d41bd85608f4d25083c4a4562e56cc94e89b2da8b0750f3c1b9a479125a0c0
uplot=1.6.32
uplot_sum=2883159c6ebccefbb95d751b0b82d010f9e1c0ec41b8bc96d401eda66e882935c89a46cb824332fa369b8cb8122cc6ac36e186cd09bf7a9ded3a4c93c6989023

icons="house search sun moon log-out terminal copy keyboard triangle-alert circle-check list-filter external-link
  circle-x webhook history server rocket pause play refresh-cw link-2 eye rotate-ccw trash-2 radio"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# take NAME VERSION SHA512 unpacks a package into $work/NAME.
take() {
  npm pack --silent --pack-destination "$work" "$1@$2" >/dev/null
  echo "$3  $work/$1-$2.tgz" | sha512sum --check --quiet
  mkdir "$work/$1"
  tar -xzf "$work/$1-$2.tgz" -C "$work/$1" --strip-components 1
}

take lucide-static "$lucide" "$lucide_sum"
take uplot "$uplot" "$uplot_sum"

{
  echo '<svg xmlns="http://www.w3.org/2000/svg">'
  echo "<!-- icons of lucide-static $lucide; see icons.LICENSE.txt -->"
  for name in $icons; do
    echo "<symbol id=\"$name\" viewBox=\"0 0 24 24\">$(sed -e '/<!--/d' -e '/^<svg/,/^>/d' -e '/<\/svg>/d' "$work/lucide-static/icons/$name.svg" | tr -d '\n' | sed 's/  */ /g')</symbol>"
  done
  echo '</svg>'
} >icons.svg
cp "$work/lucide-static/LICENSE" icons.LICENSE.txt
cp "$work/uplot/dist/uPlot.iife.min.js" uplot.js
cp "$work/uplot/dist/uPlot.min.css" uplot.css
cp "$work/uplot/LICENSE" uplot.LICENSE.txt
