package dev.fairlead.server.load;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.config.Cap;
import dev.fairlead.core.config.Cidr;
import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Doc;
import dev.fairlead.core.config.FilePath;
import dev.fairlead.core.config.HedgeDelay;
import dev.fairlead.core.config.Rate;
import dev.fairlead.core.config.Secret;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.config.Size;
import dev.fairlead.core.config.StatusRanges;
import dev.fairlead.core.config.Text;
import dev.fairlead.core.config.TextFile;
import dev.fairlead.core.config.Written;
import dev.fairlead.server.load.Shape.Choice;
import dev.fairlead.server.load.Shape.Group;
import dev.fairlead.server.load.Shape.Leaf;
import dev.fairlead.server.load.Shape.Leaf.Kind;
import dev.fairlead.server.load.Shape.Named;
import dev.fairlead.server.load.Shape.Setting;
import dev.fairlead.server.load.Shape.Several;
import dev.fairlead.server.load.Shape.Variant;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the shapes off the records. Whatever is wrong here is a mistake in a record, found by every test. */
final class Shapes {
    private static final Map<Class<?>, Kind> LEAVES = Map.ofEntries(
            Map.entry(boolean.class, Kind.BOOLEAN),
            Map.entry(int.class, Kind.INTEGER),
            Map.entry(Integer.class, Kind.INTEGER),
            Map.entry(double.class, Kind.DECIMAL),
            Map.entry(String.class, Kind.TEXT),
            Map.entry(Duration.class, Kind.DURATION),
            Map.entry(Size.class, Kind.SIZE),
            Map.entry(Share.class, Kind.SHARE),
            Map.entry(Cap.class, Kind.CAP),
            Map.entry(HedgeDelay.class, Kind.HEDGE_DELAY),
            Map.entry(Address.class, Kind.ADDRESS),
            Map.entry(Cidr.class, Kind.NETWORK),
            Map.entry(StatusRanges.class, Kind.STATUSES),
            Map.entry(HashKey.class, Kind.HASH_KEY),
            Map.entry(Rate.class, Kind.RATE),
            Map.entry(Secret.class, Kind.SECRET),
            Map.entry(TextFile.class, Kind.FILE),
            Map.entry(FilePath.class, Kind.FILE_PATH));

    /** The shape of the whole file. */
    static final Group CONFIG = group(Config.class);

    private Shapes() {}

    /** {@code perBackend}, {@code PerBackend} and {@code PER_BACKEND} become {@code per-backend}. */
    static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    /** The word for a constant: {@code IO_URING} is {@code io_uring}, as the kernel's own name is. */
    static String word(Object constant) {
        return constant.toString().toLowerCase(Locale.ROOT);
    }

    private static Group group(Class<?> type) {
        List<Setting> settings = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            settings.add(key(component));
        }
        Written written = type.getAnnotation(Written.class);
        Doc doc = type.getAnnotation(Doc.class);
        Setting shorthand = null;
        if (written != null && !written.shorthand().isEmpty()) {
            shorthand = settings.stream()
                    .filter(key -> key.name().equals(kebab(written.shorthand())))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(type + ": no component " + written.shorthand()));
        }
        return new Group(
                type,
                doc == null ? "" : doc.value(),
                List.copyOf(settings),
                shorthand,
                written != null && written.off(),
                written == null ? List.of() : List.of(written.oneOf()));
    }

    private static Setting key(RecordComponent component) {
        Doc doc = component.getAnnotation(Doc.class);
        if (doc == null) {
            throw new IllegalStateException(component.getDeclaringRecord() + ": " + component + " has no @Doc");
        }
        boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        if (optional && !doc.byDefault().isEmpty()) {
            throw new IllegalStateException(component + ": both @Nullable and a default");
        }
        component.getAccessor().setAccessible(true);
        Shape shape = shape(component.getGenericType(), doc);
        return new Setting(
                kebab(component.getName()),
                component,
                shape,
                doc.value(),
                doc.byDefault(),
                doc.reason(),
                doc.seen(),
                optional);
    }

    private static Shape shape(Type type, Doc doc) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return generic.getRawType() == List.class
                    ? new Several(shape(arguments[0], doc))
                    : new Named(doc.names(), shape(arguments[1], doc));
        }
        Class<?> raw = (Class<?>) type;
        Kind kind = raw.isEnum() ? Kind.WORD : LEAVES.get(raw);
        if (kind != null) {
            List<String> words = raw.isEnum()
                    ? Arrays.stream(raw.getEnumConstants()).map(Shapes::word).toList()
                    : List.of();
            Text text = kind == Kind.ADDRESS && doc.text() == Text.ANY ? Text.LISTEN_ADDRESS : doc.text();
            return new Leaf(kind, raw, Range.of(doc.within(), raw), text, words);
        }
        if (raw.isRecord()) {
            return group(raw);
        }
        if (raw.isSealed()) {
            return choice(raw);
        }
        throw new IllegalStateException("no notation for " + raw);
    }

    private static Choice choice(Class<?> type) {
        Doc doc = type.getAnnotation(Doc.class);
        List<Variant> variants = new ArrayList<>();
        for (Class<?> kind : type.getPermittedSubclasses()) {
            Written written = kind.getAnnotation(Written.class);
            boolean named = written != null && !written.name().isEmpty();
            variants.add(new Variant(named ? written.name() : kebab(kind.getSimpleName()), group(kind)));
        }
        return new Choice(type, doc == null ? "" : doc.value(), List.copyOf(variants));
    }
}
