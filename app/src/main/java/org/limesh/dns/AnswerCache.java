package org.limesh.dns;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.xbill.DNS.Name;

/** Answers of other servers, as long as they hold. Bounded in number and octets; what was not used longest goes. */
final class AnswerCache {
    static final int MAX_ENTRIES = 4096;
    static final int MAX_OCTETS = 4 << 20;
    /** Longer answers are rare and would push out many. */
    static final int MAX_ENTRY_OCTETS = 4096;

    /** What a question is about. Names are equal whatever the case of their letters. */
    record Key(Name name, int type, boolean wantsSignatures, boolean checkingDisabled) {
        static Key of(Query query) {
            return new Key(query.question().getName(), query.question().getType(), query.wantsSignatures(),
                    query.has(Query.FLAG_CHECKING_DISABLED));
        }
    }

    private final Map<Key, KnownAnswer> answers = new LinkedHashMap<>(64, 0.75f, true);
    private int octets;

    /** Null where nothing is known, or not any more. */
    KnownAnswer get(Key key, long nowNs) {
        KnownAnswer answer = answers.get(key);
        if (answer != null && answer.isOld(nowNs)) {
            answers.remove(key);
            octets -= answer.octets();
            return null;
        }
        return answer;
    }

    void put(Key key, KnownAnswer answer) {
        if (answer.ttlSeconds() <= 0 || answer.octets() > MAX_ENTRY_OCTETS) {
            return;
        }
        KnownAnswer old = answers.put(key, answer);
        octets += answer.octets() - (old == null ? 0 : old.octets());
        Iterator<KnownAnswer> oldest = answers.values().iterator();
        while (answers.size() > MAX_ENTRIES || octets > MAX_OCTETS) {
            octets -= oldest.next().octets();
            oldest.remove();
        }
    }

    int size() {
        return answers.size();
    }

    int octets() {
        return octets;
    }
}
