# What ./limesh and ./check share: finding JDK 25 and Maven, building what is stale. Sourced by bash.

LIMESH_JDK_MIN=25
LIMESH_VERSION=0.1.0
# The same for making and for using the cache of classes, else the JVM refuses it.
LIMESH_JVM_OPTIONS=(--enable-native-access=ALL-UNNAMED -XX:+UseSerialGC)

say() { printf '%s\n' "$*" >&2; }

# Ends with exit code 3 ("this machine lacks something"): what is missing, then the one command to type.
lacking() {
    say "error: $1"
    say "  $2"
    exit 3
}

jdk_version() { # of the JDK in folder $1; 0 when it is none
    local release="$1/release" version=""
    [ -x "$1/bin/javac" ] && [ -r "$release" ] \
        && version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release")
    echo "${version:-0}"
}

# Sets JAVA_HOME to a JDK that is new enough: the one named, else the newest installed.
find_jdk() {
    [ -n "${JAVA_HOME:-}" ] && [ "$(jdk_version "$JAVA_HOME")" -ge $LIMESH_JDK_MIN ] && return
    local candidate best="" best_version=0 version
    for candidate in /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/*; do
        version=$(jdk_version "$candidate")
        if [ "$version" -gt "$best_version" ]; then best=$candidate best_version=$version; fi
    done
    [ "$best_version" -ge $LIMESH_JDK_MIN ] || lacking \
        "a JDK of version $LIMESH_JDK_MIN or newer was not found (looked at JAVA_HOME and /usr/lib/jvm)" \
        "Install one and say where it is:  export JAVA_HOME=/path/to/jdk-25    (Debian packages: https://adoptium.net/installation/linux, then apt install temurin-25-jdk)"
    export JAVA_HOME=$best
}

# install_missing "what for" package... : installs Debian packages when root; returns 1 when it can't.
install_missing() {
    local why=$1 package missing=""
    shift
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        say "missing for $why:$missing"
        say "  sudo apt-get install -y --no-install-recommends$missing"
        return 1
    fi
    say "installing for $why:$missing"
    # A first try with the package list at hand, a second with a fresh one.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 && return 0
    apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

find_maven() {
    command -v mvn >/dev/null || install_missing "building" maven \
        || lacking "Maven is needed to build" "sudo apt-get install -y --no-install-recommends maven"
}

# Maven of the Debian package warns about its own use of Unsafe on a new JDK, and colours even empty lines; that is
# nobody's business here.
maven() {
    MAVEN_OPTS="${MAVEN_OPTS:-} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow" \
        mvn --batch-mode --no-transfer-progress -q "$@" \
        2> >(sed -u -e 's/\x1b\[[0-9;]*m//g' -e '/WARNING: .*Unsafe/d' -e '/Please consider reporting/d' -e '/^$/d' >&2) \
        | sed -u -e 's/\x1b\[[0-9;]*m//g' -e '/^$/d'
}

# Builds the program into app/target when a source is newer than the last build.
build_when_stale() {
    local stamp=app/target/limesh.built
    [ -e "$stamp" ] && [ -z "$(find pom.xml {engine,sim,linux,lab,app}/pom.xml {engine,sim,linux,lab,app}/src/main \
        -newer "$stamp" -print -quit 2>/dev/null)" ] && return
    find_maven
    mkdir -p app/target
    exec 9>app/target/limesh.lock
    flock 9
    [ -e "$stamp" ] && [ -z "$(find {engine,sim,linux,lab,app}/src/main -newer "$stamp" -print -quit)" ] && return
    say "building limesh $LIMESH_VERSION (the first time fetches libraries; about a minute) ..."
    local begin=$SECONDS
    maven -pl app -am -DskipTests package || { say "error: the build failed; see above"; exit 3; }
    touch "$stamp"
    prepare_quick_start
    say "built in $((SECONDS - begin)) s"
    flock -u 9
}

# A start from a cache of loaded and linked classes takes a third of the time. The JVM makes the cache from what it
# saw in a run, so a laboratory lives for four seconds here. Without the cache everything works, only slower.
prepare_quick_start() {
    local cache=app/target/limesh.aot
    rm -f "$cache"
    timeout -s TERM 4 "$JAVA_HOME/bin/java" -XX:AOTCacheOutput="$cache.new" "${LIMESH_JVM_OPTIONS[@]}" \
        -cp "$PWD/app/target/limesh-app-$LIMESH_VERSION.jar" org.limesh.app.Main lab --no-browser --port 0 \
        </dev/null >/dev/null 2>&1 || true
    [ -s "$cache.new" ] && mv "$cache.new" "$cache"
    return 0
}
